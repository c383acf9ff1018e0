/** A clock that stands still until it is moved, and then does what is due in order. */

interface Task {
  readonly at: number;
  /** How many were planned before it. */
  readonly turn: number;
  readonly action: () => void;
  /** Where it stands in the heap, and -1 once it does not. */
  place: number;
}

/** Time is a number of milliseconds from 0. */
export class VirtualClock {
  #now = 0;
  #planned = 0;
  /** A heap, in which each task is due before the two below it: a chunk of one byte each makes many of them. */
  readonly #tasks: Task[] = [];

  get now(): number {
    return this.#now;
  }

  /** Whether anything is still to be done, ever. */
  get isIdle(): boolean {
    return this.#tasks.length === 0;
  }

  /** Does `action` at `at`, after everything else that was planned for then. Returns how to call it off. */
  schedule(at: number, action: () => void): () => void {
    const task: Task = { at: Math.max(at, this.#now), turn: this.#planned++, action, place: -1 };
    this.#settle(task, this.#tasks.push(task) - 1);
    return () => this.#remove(task);
  }

  /** Lets `milliseconds` pass. */
  advance(milliseconds: number): void {
    this.runUntil(this.#now + milliseconds);
  }

  /** Does everything that is due by `end`, and lets it be `end`. */
  runUntil(end: number): void {
    for (let next = this.#tasks[0]; next !== undefined && next.at <= end; next = this.#tasks[0]) {
      this.#remove(next);
      this.#now = next.at;
      next.action();
    }
    this.#now = end;
  }

  #remove(task: Task): void {
    const { place } = task;
    if (place < 0) return;
    task.place = -1;
    const last = this.#tasks.pop();
    if (last !== undefined && last !== task) this.#settle(last, place);
  }

  /** Puts `task` in `place` if it belongs there, and otherwise above or below. */
  #settle(task: Task, place: number): void {
    for (let above = (place - 1) >> 1; place > 0 && isBefore(task, this.#tasks[above]); above = (place - 1) >> 1) {
      this.#put(this.#tasks[above], place);
      place = above;
    }
    for (;;) {
      let below = 2 * place + 1;
      if (isBefore(this.#tasks[below + 1], this.#tasks[below])) below++;
      if (!isBefore(this.#tasks[below], task)) break;
      this.#put(this.#tasks[below], place);
      place = below;
    }
    this.#put(task, place);
  }

  #put(task: Task | undefined, place: number): void {
    if (task === undefined) return;
    this.#tasks[place] = task;
    task.place = place;
  }
}

function isBefore(first: Task | undefined, second: Task | undefined): boolean {
  if (first === undefined || second === undefined) return false;
  return first.at === second.at ? first.turn < second.turn : first.at < second.at;
}
