/**
 * Closes the connections of a server one after another, so that their clients do not all come back in the same instant. One timer
 * at a time, from the first connection to the last.
 */
import type { Clock } from "../event-loop/clock.ts";
import { startTimer, type Timer } from "../event-loop/timer.ts";

/** Shortest time between two steps in milliseconds; a step closes as many as are due. */
const shortestStep = 100;

export class GradualClose<Connection> {
  readonly #clock: Clock;
  readonly #connections: readonly Connection[];
  readonly #step: number;
  readonly #perStep: number;
  readonly #close: (connection: Connection) => void;
  readonly #done: () => void;
  #next = 0;
  /** The part of a connection that is due and was not closed yet. */
  #due = 0;
  #timer: Timer | undefined;
  #isCancelled = false;

  /**
   * Closes `connections` in their order with `close`, `perSecond` of them a second, the first at once; then calls `done`. A timer
   * that is late makes no step larger: all would be closed at once if the program was busy or suspended.
   */
  constructor(
    clock: Clock,
    connections: readonly Connection[],
    perSecond: number,
    close: (connection: Connection) => void,
    done: () => void,
  ) {
    this.#clock = clock;
    this.#connections = connections;
    this.#step = Math.max(shortestStep, 1_000 / perSecond);
    this.#perStep = (perSecond * this.#step) / 1_000;
    this.#close = close;
    this.#done = done;
  }

  /** Takes the first step. */
  start(): void {
    this.#due += this.#perStep;
    // 10 a second are 1 a step, whatever the sum of ten times a tenth is.
    const count = Math.floor(this.#due + 1e-9);
    this.#due -= count;
    const end = Math.min(this.#connections.length, this.#next + count);
    while (this.#next < end) this.#close(this.#connections[this.#next++]!);
    if (this.#isCancelled) return;
    if (this.#next < this.#connections.length) this.#timer = startTimer(this.#clock, this.#step, () => this.start());
    else this.#done();
  }

  /** Closes no more, and does not call `done`. */
  cancel(): void {
    this.#isCancelled = true;
    this.#timer?.cancel();
  }
}
