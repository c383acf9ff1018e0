/**
 * Runs tasks at the end of the turn. The clock says when that is, with `defer`. Where it does not, the turn is over when nothing
 * has asked for it to be prolonged for several microtasks in a row. A loop that replies to each message takes a few microtasks
 * per message, and in this way all its replies leave in one write, which costs as much as a hundred microtasks.
 *
 * With `defer`, each task is deferred on its own, except those of a broadcast: what a task runs may be code of the application,
 * which expects the asynchronous context (AsyncLocalStorage) of its own connection, and not that of whichever was first.
 */
import { queueMicrotask } from "../platform/runtime.ts";
import type { Clock } from "./clock.ts";
import { perClock } from "./per-clock.ts";
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

/** The tasks to run at the end of the turn. */
export class Turn {
  readonly #clock: Clock;
  #waiting: TurnTask[] = [];
  /** Microtasks since the last activity, and since the turn began. */
  #quiet = 0;
  #passed = 0;
  /** The tasks added by the call of `together` that is on the stack. */
  #together: TurnTask[] | undefined;
  readonly #pass = (): void => this.#passOne();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns the turn of the clock. */
  static readonly of: (clock: Clock) => Turn = perClock((clock) => new Turn(clock));

  /** Runs `task` at the end of the turn. */
  after(task: TurnTask): void {
    if (this.#clock.defer !== undefined) {
      if (this.#together === undefined) this.#defer(() => task.endTurn());
      else this.#together.push(task);
      return;
    }
    this.#quiet = 0;
    if (this.#waiting.push(task) === 1) queueMicrotask(this.#pass);
  }

  /** Calls `act`. The tasks that it adds are deferred as one, since a promise and a tick for each cost as much as its work. */
  together(act: () => void): void {
    if (this.#clock.defer === undefined || this.#together !== undefined) {
      act();
      return;
    }
    const tasks: TurnTask[] = [];
    this.#together = tasks;
    try {
      act();
    } finally {
      this.#together = undefined;
      if (tasks.length > 0) this.#defer(() => runAll(tasks));
    }
  }

  /** Prolongs the turn, because something happened that belongs to the same write. */
  extend(): void {
    this.#quiet = 0;
  }

  #passOne(): void {
    this.#passed++;
    this.#quiet++;
    if (this.#quiet < quietMicrotasks && this.#passed < longestTurn) queueMicrotask(this.#pass);
    else {
      const tasks = this.#waiting;
      this.#waiting = [];
      this.#quiet = 0;
      this.#passed = 0;
      runAll(tasks);
    }
  }

  #defer(run: () => void): void {
    try {
      this.#clock.defer?.(run);
    } catch (error) {
      clockThrew(this.#clock, error);
      queueMicrotask(run);
    }
  }
}

function runAll(tasks: readonly TurnTask[]): void {
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
