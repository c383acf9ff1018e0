/** A clock that stands still until it is moved, and then does what is due in order. */

interface Task {
  readonly at: number;
  readonly action: () => void;
  cancelled: boolean;
}

/** Time is a number of milliseconds from 0. */
export class VirtualClock {
  #now = 0;
  readonly #tasks: Task[] = [];

  get now(): number {
    return this.#now;
  }

  /** Whether anything is still to be done, ever. */
  get isIdle(): boolean {
    return this.#tasks.length === 0;
  }

  /** Does `action` at `at`, after everything else that was planned for then. Answers how to call it off. */
  schedule(at: number, action: () => void): () => void {
    const task: Task = { at: Math.max(at, this.#now), action, cancelled: false };
    // Behind all with the same instant, so that what was planned first is done first.
    // Looked for from the end, where it mostly is: a chunk of one byte each makes many of them.
    let index = this.#tasks.length;
    while (index > 0 && (this.#tasks[index - 1] as Task).at > task.at) index--;
    this.#tasks.splice(index, 0, task);
    return () => {
      task.cancelled = true;
      const position = this.#tasks.indexOf(task);
      if (position >= 0) this.#tasks.splice(position, 1);
    };
  }

  /** Lets `milliseconds` pass. */
  advance(milliseconds: number): void {
    this.runUntil(this.#now + milliseconds);
  }

  /** Does everything that is due by `end`, and lets it be `end`. */
  runUntil(end: number): void {
    for (let next = this.#tasks[0]; next !== undefined && next.at <= end; next = this.#tasks[0]) {
      this.#tasks.shift();
      this.#now = next.at;
      if (!next.cancelled) next.action();
    }
    this.#now = end;
  }
}
