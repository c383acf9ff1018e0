/** Time as a number. */
import type { Clock } from "../../src/clock.ts";

interface Timer {
  readonly at: number;
  readonly task: () => void;
}

export class TestClock implements Clock {
  readonly reported: unknown[] = [];
  /** How often a timer was set. */
  timersSet = 0;
  #now = 0;
  #timers: Timer[] = [];

  /** When the timers that are set are due. */
  get due(): number[] {
    return this.#timers.map(({ at }) => at).sort((left, right) => left - right);
  }

  now(): number {
    return this.#now;
  }

  setTimeout(task: () => void, milliseconds: number): unknown {
    // As in every host: what does not fit 31 bits fires at once.
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

  /** Time passes unseen: what was due meanwhile happens then. */
  async late(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    await this.advance(0);
  }

  /** Time passes, and what is due happens in its order, each with what it causes. */
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

/** Everything that can happen without time passing has happened: microtasks, and what the platform reads for a Blob. */
export async function turn(): Promise<void> {
  for (let count = 0; count < 3; count++) await new Promise<void>((resolve) => setTimeout(resolve));
}

/** Waits until `condition` holds, some turns of the event loop at most. */
export async function until(condition: () => boolean): Promise<void> {
  for (let count = 0; count < 500; count++) {
    if (condition()) return;
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
  throw new Error(`not so: ${String(condition)}`);
}
