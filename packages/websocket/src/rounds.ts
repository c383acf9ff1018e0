/**
 * The time of the event loop, shared among connections: none does more than a quantum of work before all others that have
 * something to do have had theirs (deficit round robin), and all together do no more in one turn than others can wait for.
 *
 * Theory of operation. Work is counted by core in units of about a nanosecond. A connection of which nothing waits does its
 * work at once, when its bytes arrive: so one that sends little waits for nobody. One that has used its quantum up, or comes
 * when the turn has no time left, keeps what is left of its bytes, and is served in the rounds that follow, one a turn of
 * I/O. Half of each round is for those that wait, the other half for what arrives after it; who comes when both are used up
 * still does a little at once, so that a thousand busy connections do not keep a short message waiting. Work that exceeds
 * what was allowed, since one step of it is done whole, is owed, and paid in later rounds.
 *
 * A round is asked for only when much of a quantum, or of a round, has been used: light traffic costs two subtractions for
 * each chunk.
 */
import type { Clock } from "./clock.ts";
import { hasRequestContexts, immediatesDelayIo, queueMicrotask } from "./platform.ts";
import { Queue } from "./queue.ts";

/** Units of work of one connection, before it is another's turn. */
export const quantum = 524_288;

/** Units of work in one turn: half for those that wait, half for those whose bytes arrive. */
export const roundWork = 4_194_304;
const forWaiting = roundWork / 2;

/** Units that a connection of which nothing waits may do at once in any case. */
const assuredWork = 16_384;

/** A connection, as one that shares. */
export interface Sharer {
  /** Units of work that it may do before the next round; less than none when it owes some. For the rounds to change. */
  credit: number;
  /** The round in which it was last given some. */
  round: number;
  /** Does about `budget` of the work that waits, reporting it with `spent`. Returns whether more waits. */
  serve(budget: number): boolean;
}

export class Rounds {
  static readonly #ofClock = new WeakMap<Clock, Rounds>();

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

  /** The rounds of all that go by `clock`. Where I/O belongs to a request each has its own, as its turns may never come. */
  static of(clock: Clock): Rounds {
    if (hasRequestContexts) return new Rounds(clock);
    let rounds = Rounds.#ofClock.get(clock);
    if (rounds === undefined) {
      rounds = new Rounds(clock);
      Rounds.#ofClock.set(clock, rounds);
    }
    return rounds;
  }

  /** Units of work that `sharer`, of which nothing waits, may do now; none when it is less than 1. */
  allowance(sharer: Sharer): number {
    if (sharer.round !== this.#number) {
      sharer.credit = Math.min(quantum, sharer.credit + quantum * (this.#number - sharer.round));
      sharer.round = this.#number;
    }
    return Math.min(sharer.credit, Math.max(this.#left, assuredWork));
  }

  /** `sharer` has done `work`. */
  spent(sharer: Sharer, work: number): void {
    sharer.credit -= work;
    this.#left -= work;
    if (sharer.credit < quantum / 2 || this.#left < forWaiting) this.#request();
  }

  /** Serves `sharer` in its turn, until nothing waits any more. It must not be among those that wait already. */
  enqueue(sharer: Sharer): void {
    this.#waiting.push(sharer);
    this.#request();
  }

  #request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    afterIo(this.#clock, this.#run);
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
    sharer.round = this.#number;
    sharer.credit = Math.min(quantum, sharer.credit + quantum);
    if (sharer.credit <= 0) return true;
    try {
      return sharer.serve(Math.min(sharer.credit, this.#left - (roundWork - forWaiting)));
    } catch (error) {
      // The others are to have their turn.
      queueMicrotask(() => {
        throw error;
      });
      return false;
    }
  }
}

interface MaybeImmediate {
  setImmediate?: (task: () => void) => unknown;
  setTimeout?: (task: () => void, milliseconds: number) => unknown;
}

/**
 * Runs `task` after the I/O that is pending: that of the runtime, where the clock says no better, since no time is to pass.
 * A timer of 0 ms, which takes 1 to 4 ms, is the last resort.
 */
function afterIo(clock: Clock, task: () => void): void {
  const { setImmediate, setTimeout } = globalThis as MaybeImmediate;
  if (clock.nextTurn !== undefined) clock.nextTurn(task);
  else if (setImmediate !== undefined && !immediatesDelayIo) setImmediate(task);
  else if (setTimeout !== undefined) setTimeout(task, 0);
  else clock.setTimeout(task, 0);
}
