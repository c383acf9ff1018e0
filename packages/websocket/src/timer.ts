/** A timer of any length: the only place that sets one with what a user gave. */
import type { Clock } from "./clock.ts";

/** Milliseconds of the longest timer of a host. A longer one overflows 31 bits, and fires at once (HTML §8.7, Node, Deno). */
const longestTimer = 0x7fff_ffff;

/** Made by `startTimer`. */
export class Timer {
  readonly #clock: Clock;
  #task: (() => void) | undefined;
  /** Milliseconds beyond the timer of the host that is set. */
  #left: number;
  #handle: unknown;

  constructor(clock: Clock, milliseconds: number, task: () => void) {
    this.#clock = clock;
    this.#task = task;
    this.#left = milliseconds;
    if (milliseconds !== Number.POSITIVE_INFINITY) this.#arm();
  }

  /** The task is not run any more. May be called again, and afterwards. */
  cancel(): void {
    if (this.#task === undefined) return;
    this.#task = undefined;
    if (this.#handle !== undefined) this.#clock.clearTimeout(this.#handle);
    this.#handle = undefined;
  }

  #arm(): void {
    const span = Math.min(this.#left, longestTimer);
    this.#left -= span;
    this.#handle = this.#clock.setTimeout(() => this.#fire(), span);
  }

  #fire(): void {
    this.#handle = undefined;
    const task = this.#task;
    // A host that has no way to clear a timer may fire one that was cancelled.
    if (task === undefined) return;
    if (this.#left > 0) {
      this.#arm();
      return;
    }
    this.#task = undefined;
    task();
  }
}

/** Runs `task` once, after `milliseconds`, which were checked with `checkDuration`; never after Infinity. */
export function startTimer(clock: Clock, milliseconds: number, task: () => void): Timer {
  return new Timer(clock, milliseconds, task);
}
