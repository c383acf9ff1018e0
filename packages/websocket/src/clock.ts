/** What the pump needs of its host: a clock, a timer, turns, and a place for errors that nobody catches. */
import type { Instant } from "@hybi/core";
import { bound } from "./platform.ts";
import type { Turn } from "./turn.ts";

/** Injected as `clock`; `systemClock` is the default. In a test, time is a number. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): Instant;
  /** Runs `task` once, after `milliseconds`. Where it can, the timer keeps no process alive: what it watches over does. */
  setTimeout(task: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  /**
   * Runs `task` when the code that runs now has come to rest, promises included, and before the next I/O: that is when the
   * output of a turn leaves. By default a few microtasks later than the last call.
   */
  defer?(task: () => void): void;
  /**
   * Runs `task` after the I/O that is pending: so that others have their turn between the writes of a large message, and
   * nobody is judged by a timer before what has arrived is read. For timers, two of 0 ms in a row stand for it by default.
   */
  nextTurn?(task: () => void): void;
  /** Takes an error of the application that no `onError` takes. */
  reportError?(error: unknown): void;
}

/** The timers of Node, Deno and Bun can let the process end; those of a browser need not. */
interface MaybeUnref {
  unref?(): void;
}

/** What `Date` has said last, where there is no better clock: unlike ours it may be set back. */
let latest = 0;

function readClock(): Instant {
  if (typeof performance === "object") return performance.now();
  latest = Math.max(latest, Date.now());
  return latest;
}

/** The clock and the timers of the platform. */
export const systemClock: Clock = {
  now: readClock,
  setTimeout(task, milliseconds) {
    const timer: unknown = setTimeout(task, milliseconds);
    (timer as MaybeUnref).unref?.();
    return timer;
  },
  clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
};

/** As `systemClock`, for what a program waits for: it does not end before the timer. */
export const lastingClock: Clock = {
  ...systemClock,
  setTimeout: (task, milliseconds) => setTimeout(task, milliseconds),
};

/** A clock that an application has given, and what is used in its place. */
const usedClocks = new WeakMap<Clock, Clock>();

/**
 * The clock to use where the application has given `clock`, always the same for the same. Its functions may be those of
 * the platform: `{ ...systemClock, defer: queueMicrotask }`.
 */
export function clockOf(clock: Clock | undefined): Clock {
  if (clock === undefined || clock === systemClock || clock === lastingClock) {
    if (typeof setTimeout !== "function")
      throw new TypeError("The clock of the platform needs setTimeout, which this runtime lacks: pass a clock.");
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

/** `clock` with some functions replaced. No copy of it, as it may be an object of a class, whose methods need it. */
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

/** Runs `task` at the end of the turn; that of `turn` where the clock has no better notion of it. */
export function defer(clock: Clock, turn: Turn, task: () => void): void {
  if (clock.defer === undefined) turn.after(task);
  else clock.defer(task);
}
