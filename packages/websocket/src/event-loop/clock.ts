/** What the pump needs from its host: a clock, timers, turns of the event loop, and a destination for uncaught errors. */
import type { Instant } from "@hybi/core";
import { bound } from "../platform/runtime.ts";

/** Time and scheduling, injected as the option `clock`; `systemClock` is the default. In a test, time is a number. */
export interface Clock {
  /** Returns the time in milliseconds, monotonic. */
  now(): Instant;
  /**
   * Runs `task` once, after `milliseconds`. The timer is unref'd where possible; the connection it guards keeps the process
   * alive.
   */
  setTimeout(task: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  /**
   * Runs `task` once the code that is running has finished, including its promises, and before the next I/O: that is when
   * the output of a turn is written. The default runs it a few microtasks after the last call.
   */
  defer?(task: () => void): void;
  /**
   * Runs `task` after pending I/O, so that other connections get their turn between the writes of a large message, and no
   * deadline expires before the bytes that have arrived are read. Without it, timers use two successive timers of 0 ms.
   */
  nextTurn?(task: () => void): void;
  /** Receives errors of the application where no `onError` is given, and what other functions of this clock throw. */
  reportError?(error: unknown): void;
}

/** Timers of Node, Deno and Bun can be unref'd; those of a browser need not be. */
interface MaybeUnref {
  unref?(): void;
}

/** The latest time of `Date`, where there is no better clock: `Date` may be set back, and a `Clock` must not be. */
let latest = 0;

function readClock(): Instant {
  if (typeof performance === "object") return performance.now();
  latest = Math.max(latest, Date.now());
  return latest;
}

/** The platform's clock and timers. */
export const systemClock: Clock = {
  now: readClock,
  setTimeout(task, milliseconds) {
    const timer: unknown = setTimeout(task, milliseconds);
    (timer as MaybeUnref).unref?.();
    return timer;
  },
  clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
};

/** Like `systemClock`, but its timers keep the process alive: for timers that the program waits for. */
export const lastingClock: Clock = {
  ...systemClock,
  setTimeout: (task, milliseconds) => setTimeout(task, milliseconds),
};

/** Maps a clock that the application passed in to the one that is used in its place. */
const usedClocks = new WeakMap<Clock, Clock>();

/**
 * Returns the clock to use for the application's `clock`, always the same one for the same argument. The functions of
 * `clock` may be the platform's own: `{ ...systemClock, defer: queueMicrotask }`.
 */
export function clockOf(clock: Clock | undefined): Clock {
  if (clock === undefined || clock === systemClock || clock === lastingClock) {
    if (typeof setTimeout !== "function")
      throw new TypeError("The default clock needs setTimeout, which this runtime lacks: pass the option `clock`.");
    return clock ?? systemClock;
  }
  let used = usedClocks.get(clock);
  if (used === undefined) {
    const replaced: Record<string, unknown> = {};
    for (const name of ["now", "setTimeout", "clearTimeout", "defer", "nextTurn", "reportError"] as const) {
      const given = clock[name];
      const callable = given && bound(given);
      if (callable !== given) replaced[name] = callable;
    }
    used = Object.keys(replaced).length === 0 ? clock : withFunctions(clock, replaced);
    usedClocks.set(clock, used);
    usedClocks.set(used, used);
  }
  return used;
}

/** Returns `clock` with some functions replaced. Delegates and does not copy: methods of a class instance need their `this`. */
function withFunctions(clock: Clock, replaced: Partial<Clock>): Clock {
  return {
    now: () => clock.now(),
    setTimeout: (task, milliseconds) => clock.setTimeout(task, milliseconds),
    clearTimeout: (timer) => clock.clearTimeout(timer),
    ...(clock.defer !== undefined && { defer: (task) => clock.defer?.(task) }),
    ...(clock.nextTurn !== undefined && { nextTurn: (task) => clock.nextTurn?.(task) }),
    ...(clock.reportError !== undefined && { reportError: (error) => clock.reportError?.(error) }),
    ...replaced,
  };
}
