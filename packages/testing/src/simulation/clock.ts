/** A virtual clock that moves only on request, and then runs the due tasks in order. */

interface Task {
  readonly at: number;
  /** The number of tasks scheduled before it; orders tasks that are due at the same time. */
  readonly turn: number;
  readonly action: () => void;
  /** Index in the heap, or -1 once removed. */
  place: number;
}

/** Time is a number of milliseconds, starting at 0. */
export class VirtualClock {
  #now = 0;
  #planned = 0;
  /** Min-heap in which each task is due before its two children; with chunks of one byte there are many tasks. */
  readonly #tasks: Task[] = [];

  get now(): number {
    return this.#now;
  }

  /** Whether no tasks are pending. */
  get isIdle(): boolean {
    return this.#tasks.length === 0;
  }

  /** Runs `action` at the time `at`, after all tasks already scheduled for then. Returns a function that cancels it. */
  schedule(at: number, action: () => void): () => void {
    const task: Task = { at: Math.max(at, this.#now), turn: this.#planned++, action, place: -1 };
    this.#settle(task, this.#tasks.push(task) - 1);
    return () => this.#remove(task);
  }

  /** Advances the clock by `milliseconds`. */
  advance(milliseconds: number): void {
    this.runUntil(this.#now + milliseconds);
  }

  /** Runs everything that is due by `end`, and sets the clock to `end`. */
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

  /** Inserts `task` at `place`, moving it up or down until the heap is ordered. */
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
