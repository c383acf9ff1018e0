/**
 * Runs tasks at the end of the turn, all tasks of a clock together: a promise and a tick for each connection would cost as
 * much as its work. The clock says when that is, with `defer`. Where it does not, the turn is over when nothing has asked for
 * it to be prolonged for several microtasks in a row. A loop that replies to each message takes a few microtasks per message,
 * and in this way all its replies leave in one write, which costs as much as a hundred microtasks.
 */
import { hasRequestContexts, queueMicrotask } from "../platform/runtime.ts";
import type { Clock } from "./clock.ts";
import { clockThrew } from "./reporter.ts";

/**
 * Microtasks without activity after which the turn is over. A step of `for await` over a promise of a promise takes 4.
 */
const quietMicrotasks = 6;

/** Microtasks after which a turn ends even without such a pause. */
const longestTurn = 1024;

/** Something to do at the end of the turn. An object, so that a connection needs no function of its own for it. */
export interface TurnTask {
  endTurn(): void;
}

const turnsByClock = new WeakMap<Clock, Turn>();

/** The tasks to run at the end of the turn. */
export class Turn {
  readonly #clock: Clock;
  #waiting: TurnTask[] = [];
  /** Microtasks since the last activity, and since the turn began. */
  #quiet = 0;
  #passed = 0;
  readonly #pass = (): void => this.#passOne();
  readonly #run = (): void => this.#runAll();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Returns the turn of `clock`. Where I/O is bound to a request, each caller gets its own: a microtask of a request that has
   * ended may never run, and all others would wait for it.
   */
  static of(clock: Clock): Turn {
    if (hasRequestContexts) return new Turn(clock);
    let turn = turnsByClock.get(clock);
    if (turn === undefined) {
      turn = new Turn(clock);
      turnsByClock.set(clock, turn);
    }
    return turn;
  }

  /** Runs `task` at the end of the turn. */
  after(task: TurnTask): void {
    this.#quiet = 0;
    if (this.#waiting.push(task) === 1) this.#request();
  }

  /** Prolongs the turn, because something happened that belongs to the same write. */
  extend(): void {
    this.#quiet = 0;
  }

  #request(): void {
    try {
      if (this.#clock.defer !== undefined) {
        this.#clock.defer(this.#run);
        return;
      }
    } catch (error) {
      clockThrew(this.#clock, error);
    }
    queueMicrotask(this.#pass);
  }

  #passOne(): void {
    this.#passed++;
    this.#quiet++;
    if (this.#quiet < quietMicrotasks && this.#passed < longestTurn) queueMicrotask(this.#pass);
    else this.#runAll();
  }

  #runAll(): void {
    const tasks = this.#waiting;
    this.#waiting = [];
    this.#quiet = 0;
    this.#passed = 0;
    for (const task of tasks) {
      try {
        task.endTurn();
      } catch (error) {
        // The tasks belong to different connections, so an error in one must not stop the others.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
