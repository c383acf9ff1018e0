/**
 * The end of a turn, where the host has no better notion of it: when for some microtasks in a row nobody has asked for it
 * any more. A loop over messages that answers each of them takes a few microtasks for each; all its answers leave in one
 * write. A write costs as much as a hundred microtasks.
 */
import { hasRequestContexts, queueMicrotask } from "./platform.ts";

/** Microtasks without a new task after which the turn is over. A step of `for await` over a promise of a promise takes 4. */
const quietMicrotasks = 6;

/** Microtasks after which a turn is over even if it does not come to rest. */
const longestTurn = 1024;

/** What is to be done when a turn is over. */
export class Turn {
  #waiting: (() => void)[] = [];
  /** Microtasks since anything happened, and since the turn began. */
  #quiet = 0;
  #passed = 0;
  readonly #pass = (): void => this.#passOne();

  /** Runs `task` when the turn is over. */
  after(task: () => void): void {
    this.#waiting.push(task);
    this.#quiet = 0;
    if (this.#waiting.length === 1) queueMicrotask(this.#pass);
  }

  /** Tells that the turn goes on: something happened that belongs to the same write. */
  prolong(): void {
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
        // The tasks are of different connections, and none of them is to suffer from another's transport.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** One for all pumps: a microtask costs the same for one as for a thousand. */
const shared = new Turn();

/**
 * The turn of a new pump. Where I/O belongs to a request it is the pump's own: a microtask of a request that is ended may
 * never come, and everybody else would wait for it.
 */
export function turnOfPump(): Turn {
  return hasRequestContexts ? new Turn() : shared;
}
