/** What the pump needs of its host: a clock, a timer, turns, and a place for errors that nobody catches. */
import type { Instant } from "@hybi/core";
import { afterMicrotasks } from "./turn.ts";

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
  /** Runs `task` after the I/O that is pending, so that others have their turn between the writes of a large message. */
  nextTurn?(task: () => void): void;
  /** An error of the application's, thrown in a handler. By default as the platform reports such errors. */
  reportError?(error: unknown): void;
}

/** The timers of Node, Deno and Bun can let the process end; those of a browser need not. */
interface MaybeUnref {
  unref?(): void;
}

/** The clock and the timers of the platform. */
export const systemClock: Clock = {
  now: () => performance.now(),
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

/** Runs `task` at the end of the turn. */
export function defer(clock: Clock, task: () => void): void {
  if (clock.defer === undefined) afterMicrotasks(task);
  else clock.defer(task);
}

/** Reports what a handler of the application's threw, without disturbing who called it. */
export function reportError(clock: Clock, error: unknown): void {
  if (clock.reportError !== undefined) clock.reportError(error);
  else {
    queueMicrotask(() => {
      throw error;
    });
  }
}
