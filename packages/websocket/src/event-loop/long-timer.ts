/** A timer of any length. This is the only place that sets a host timer with a duration given by the application. */
import type { Clock } from "./clock.ts";

/** The longest host timer in milliseconds. A longer one overflows 31 bits and fires at once (HTML §8.7, Node, Deno). */
const longestTimer = 0x7fff_ffff;

/** Timers of Node and Bun, which `systemClock` unrefs. */
interface MaybeRef {
  ref?(): void;
}

/** Runs `task` once, after `milliseconds`, which must already have been checked. Infinity never fires. */
export class LongTimer {
  readonly #clock: Clock;
  #task: (() => void) | undefined;
  /** Milliseconds remaining beyond the current host timer. */
  #left: number;
  #handle: unknown;
  #keepsProcess = false;

  constructor(clock: Clock, milliseconds: number, task: () => void) {
    this.#clock = clock;
    this.#task = task;
    this.#left = milliseconds;
    if (milliseconds !== Number.POSITIVE_INFINITY) this.#arm();
  }

  /** Cancels the task. Calling it again, or after the task has run, is a no-op. */
  cancel(): void {
    this.#task = undefined;
    if (this.#handle !== undefined) this.#clock.clearTimeout(this.#handle);
    this.#handle = undefined;
  }

  /** Refs the timer: the process stays alive until the task has run, because the application waits for its effect. */
  keepProcess(): void {
    this.#keepsProcess = true;
    (this.#handle as MaybeRef | undefined)?.ref?.();
  }

  #arm(): void {
    const span = Math.min(this.#left, longestTimer);
    this.#left -= span;
    this.#handle = this.#clock.setTimeout(() => {
      this.#handle = undefined;
      const task = this.#task;
      // A host that cannot clear timers may fire one that was cancelled.
      if (task === undefined) return;
      if (this.#left > 0) return this.#arm();
      this.#task = undefined;
      task();
    }, span);
    if (this.#keepsProcess) this.keepProcess();
  }
}
