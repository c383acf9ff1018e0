/** A clock for tests, whose time is a number. */
import type { Clock } from "../../src/event-loop/clock.ts";

interface Timer {
  readonly at: number;
  readonly task: () => void;
}

export class TestClock implements Clock {
  readonly reported: unknown[] = [];
  /** The number of times a timer was set. */
  timersSet = 0;
  #now = 0;
  #timers: Timer[] = [];

  /** The times at which pending timers are due. */
  get due(): number[] {
    return this.#timers.map(({ at }) => at).sort((left, right) => left - right);
  }

  now(): number {
    return this.#now;
  }

  setTimeout(task: () => void, milliseconds: number): unknown {
    // As in every host, a delay of more than 31 bits fires at once.
    const timer: Timer = { at: this.#now + (milliseconds > 0x7fff_ffff ? 1 : milliseconds), task };
    this.timersSet++;
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }

  reportError(error: unknown): void {
    this.reported.push(error);
  }

  /** Advances the time without running timers, as a busy program does. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Advances the time in one step without running timers, and then runs all that became due. */
  async late(milliseconds: number): Promise<void> {
    this.pass(milliseconds);
    await this.advance(0);
  }

  /** Advances the time, and runs what is due in order, each with its consequences. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await turn();
      const next = this.#timers.filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0];
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.at);
      this.#timers = this.#timers.filter((other) => other !== next);
      next.task();
    }
    this.#now = end;
    await turn();
  }
}

/** Waits until everything that needs no time has happened: microtasks, and the platform's reading of Blobs. */
export async function turn(): Promise<void> {
  for (let count = 0; count < 3; count++) await new Promise<void>((resolve) => setTimeout(resolve));
}

/** Waits until `condition` holds, for a bounded number of turns of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  for (let count = 0; count < 500; count++) {
    if (condition()) return;
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
  throw new Error(`not so: ${String(condition)}`);
}
