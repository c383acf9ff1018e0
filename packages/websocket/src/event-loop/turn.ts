/**
 * Detects the end of a turn where the host provides no `Clock.defer`: the turn is over when nothing has asked for it to
 * be prolonged for several microtasks in a row. A loop that replies to each message takes a few microtasks per message,
 * and in this way all its replies leave in one write, which costs as much as a hundred microtasks.
 */
import { hasRequestContexts, queueMicrotask } from "../platform/runtime.ts";

/**
 * Microtasks without activity after which the turn is over. A step of `for await` over a promise of a promise takes 4.
 */
const quietMicrotasks = 6;

/** Microtasks after which a turn ends even without such a pause. */
const longestTurn = 1024;

/** Tasks to run at the end of the turn. */
export class Turn {
  #waiting: (() => void)[] = [];
  /** Microtasks since the last activity, and since the turn began. */
  #quiet = 0;
  #passed = 0;
  readonly #pass = (): void => this.#passOne();

  /** Runs `task` at the end of the turn. */
  after(task: () => void): void {
    this.#waiting.push(task);
    this.#quiet = 0;
    if (this.#waiting.length === 1) queueMicrotask(this.#pass);
  }

  /** Prolongs the turn, because something happened that belongs to the same write. */
  extend(): void {
    this.#quiet = 0;
  }

  #passOne(): void {
    this.#passed++;
    this.#quiet++;
    if (this.#quiet < quietMicrotasks && this.#passed < longestTurn) {
      queueMicrotask(this.#pass);
      return;
    }
    const tasks = this.#waiting;
    this.#waiting = [];
    this.#quiet = 0;
    this.#passed = 0;
    for (const task of tasks) {
      try {
        task();
      } catch (error) {
        // The tasks belong to different connections, so an error in one must not stop the others.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** Shared by all pumps: one microtask costs the same for one pump as for a thousand. */
const shared = new Turn();

/**
 * Returns the turn for a new pump. Where I/O is bound to a request, each pump gets its own: a microtask of a request
 * that has ended may never run, and all other pumps would wait for it.
 */
export function turnOfPump(): Turn {
  return hasRequestContexts ? new Turn() : shared;
}
