/**
 * Shares the time of the event loop among connections by deficit round robin: no connection does more than a quantum of
 * work before all others with pending work have had their turn, and all together do no more in one turn than others can
 * wait for.
 *
 * Theory of operation. Core counts work in units of about a nanosecond. A connection without a backlog does its work at
 * once when its bytes arrive, so a connection that sends little never waits. A connection that has used up its quantum,
 * or whose bytes arrive when the turn has no time left, keeps the remaining bytes and is served in the following
 * rounds, one per turn of I/O. Half of each round is for waiting connections, the other half for bytes that arrive
 * after it. When both are used up, newly arrived bytes are still allowed a little work at once, so that a thousand busy
 * connections do not delay a short message. A single step is never interrupted, so it may exceed its allowance; the
 * excess is a debt that is paid in later rounds.
 *
 * A round is only requested once much of a quantum or of a round has been used: light traffic costs two subtractions
 * per chunk.
 */
import { afterIo } from "../event-loop/after-io.ts";
import type { Clock } from "../event-loop/clock.ts";
import { perClock } from "../event-loop/per-clock.ts";
import { Queue } from "../platform/queue.ts";
import { queueMicrotask } from "../platform/runtime.ts";

/** Units of work that one connection may do before others get their turn. */
export const quantum = 524_288;

/** Units of work per turn: half for waiting connections, half for arriving bytes. */
export const roundWork = 4_194_304;
const forWaiting = roundWork / 2;

/** Units that a connection without a backlog may always do at once. */
const assuredWork = 16_384;

/** A connection that takes part in the rounds. */
export interface Sharer {
  /** Units of work it may do before the next round; negative while it owes some. Managed by `Rounds`. */
  credit: number;
  /** The round in which it last received credit. */
  creditRound: number;
  /**
   * Does about `budget` units of the waiting work, reporting them with `spent`. Returns whether more work is waiting.
   */
  serve(budget: number): boolean;
}

export class Rounds {
  readonly #clock: Clock;
  #number = 0;
  /** Units that may still be done before the next round. */
  #left = roundWork;
  readonly #waiting = new Queue<Sharer>();
  #isRequested = false;
  readonly #run: () => void = () => this.#runNow();

  private constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns the rounds of the clock. */
  static readonly of: (clock: Clock) => Rounds = perClock((clock) => new Rounds(clock));

  /** Units of work that `sharer`, which has no backlog, may do now; none if less than 1. */
  allowance(sharer: Sharer): number {
    if (sharer.creditRound !== this.#number) {
      sharer.credit = Math.min(quantum, sharer.credit + quantum * (this.#number - sharer.creditRound));
      sharer.creditRound = this.#number;
    }
    return Math.min(sharer.credit, Math.max(this.#left, assuredWork));
  }

  /** Records that `sharer` has done `work` units. */
  spent(sharer: Sharer, work: number): void {
    sharer.credit -= work;
    this.#left -= work;
    if (sharer.credit < quantum / 2 || this.#left < forWaiting) this.#request();
  }

  /** Serves `sharer` in its turn until it has no more work waiting. It must not be enqueued already. */
  enqueue(sharer: Sharer): void {
    // First, so that nothing is left in the queue if a clock without other means throws.
    this.#request();
    this.#waiting.push(sharer);
  }

  #request(): void {
    if (this.#isRequested) return;
    afterIo(this.#clock, this.#run);
    this.#isRequested = true;
  }

  #runNow(): void {
    this.#isRequested = false;
    this.#number++;
    this.#left = roundWork;
    while (this.#left > roundWork - forWaiting) {
      const sharer = this.#waiting.take();
      if (sharer === undefined) return;
      if (this.#visit(sharer)) this.#waiting.push(sharer);
    }
    if (this.#waiting.length > 0) this.#request();
  }

  /** Returns whether `sharer` has more to do. */
  #visit(sharer: Sharer): boolean {
    sharer.creditRound = this.#number;
    sharer.credit = Math.min(quantum, sharer.credit + quantum);
    if (sharer.credit <= 0) return true;
    try {
      return sharer.serve(Math.min(sharer.credit, this.#left - (roundWork - forWaiting)));
    } catch (error) {
      // Throw later, so that the other connections get their turn.
      queueMicrotask(() => {
        throw error;
      });
      return false;
    }
  }
}
