/** Time as the pump needs it: a clock, one timer, and turns of the event loop. */
import type { Instant } from "@hybi/core";

/** A timer that was started. */
export interface Timer {
  stop(): void;
}

export interface Clock {
  /** Milliseconds, monotonic. */
  now(): Instant;
  /** Runs `task` after `milliseconds`. The timer keeps no process alive: what it watches over does. */
  startTimer(milliseconds: number, task: () => void): Timer;
  /** Runs `task` when the code that runs now has come to rest, promises included, and before the next I/O. */
  defer(task: () => void): void;
  /** Runs `task` after the I/O that is pending, so that others have their turn first. */
  nextTurn(task: () => void): void;
}

/** A longer timer overflows, and would fire at once. */
const longestTimer = 0x7fff_ffff;

const resolved = Promise.resolve();

export const nodeClock: Clock = {
  now: () => performance.now(),
  startTimer(milliseconds, task) {
    const timer = setTimeout(task, Math.min(milliseconds, longestTimer)).unref();
    return { stop: () => clearTimeout(timer) };
  },
  // Node runs ticks before microtasks, except those that a microtask has asked for: they run when no microtask is left. A
  // promise, because queueMicrotask makes an AsyncResource each time and costs twice as much.
  defer: (task) => void resolved.then(() => process.nextTick(task)),
  nextTurn: (task) => void setImmediate(task),
};
