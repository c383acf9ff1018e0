/** A simulated event loop like Node's, whose time is a number: due timers, then ready I/O, then tasks for the next turn. */
import type { Clock } from "../../src/event-loop/clock.ts";

interface Timer {
  readonly at: number;
  readonly task: () => void;
}

export class EventLoop implements Clock {
  readonly nextTurn?: (task: () => void) => void;
  /** The scheduler for `pair`: runs `task` in the I/O phase. */
  readonly schedule: (task: () => void) => void = (task) => void this.#ready.push(task);
  readonly reported: unknown[] = [];
  #now = 0;
  #timers: Timer[] = [];
  #ready: (() => void)[] = [];
  #turns: (() => void)[] = [];

  /** Whether the clock has `nextTurn`, or turns must be made with timers. */
  constructor(turns: "turns" | "timers only" = "turns") {
    if (turns === "turns") this.nextTurn = (task) => void this.#turns.push(task);
  }

  get timers(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(task: () => void, milliseconds: number): unknown {
    const timer: Timer = { at: this.#now + milliseconds, task };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }

  reportError(error: unknown): void {
    this.reported.push(error);
  }

  /** Nothing runs for that long: a busy program, or a suspended one. */
  busy(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Runs for `milliseconds`, and then until nothing is left to do without time passing. */
  async run(milliseconds = 0): Promise<void> {
    const end = this.#now + milliseconds;
    for (let turn = 0; turn < 10_000; turn++) {
      await rest();
      const due = this.#timers.filter(({ at }) => at <= this.#now).sort((left, right) => left.at - right.at);
      const isIdle = due.length + this.#ready.length + this.#turns.length === 0;
      const next = Math.min(...this.#timers.map(({ at }) => at));
      if (isIdle && next > end) {
        this.#now = Math.max(this.#now, end);
        return;
      }
      if (isIdle) this.#now = next;
      for (const timer of due) {
        if (!this.#timers.includes(timer)) continue;
        this.clearTimeout(timer);
        timer.task();
        await rest();
      }
      for (const queue of [this.#ready.splice(0), () => this.#turns.splice(0)]) {
        for (const task of typeof queue === "function" ? queue() : queue) {
          task();
          await rest();
        }
      }
    }
    throw new Error("it never rests");
  }
}

/** Waits until queued microtasks have run. */
function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
