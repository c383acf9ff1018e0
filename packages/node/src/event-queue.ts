/** Events between the pump, which has them when it has them, and an application that takes them when it can. */
import type { ConnectionEvent } from "@hybi/core";

/** An event without bytes costs about this much. */
const eventWeight = 64;

/** First in, first out; ends with the `end` event. */
export class EventQueue {
  #events: ConnectionEvent[] = [];
  #taken = 0;
  #weight = 0;
  #ended = false;
  /** Who waits for an event, while there is none. */
  #waiting: ((result: IteratorResult<ConnectionEvent, undefined>) => void)[] = [];

  /** Roughly the bytes that wait here. */
  get weight(): number {
    return this.#weight;
  }

  /** Whether somebody waits for the next event. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  add(event: ConnectionEvent): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#events.push(event);
      this.#weight += weightOf(event);
    } else {
      next({ done: false, value: event });
    }
    if (event.type !== "end") return;
    this.#ended = true;
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }

  /** The oldest event now, or undefined. */
  take(): ConnectionEvent | undefined {
    const event = this.#events[this.#taken];
    if (event === undefined) return undefined;
    this.#weight -= weightOf(event);
    this.#taken++;
    if (this.#taken === this.#events.length) {
      this.#events = [];
      this.#taken = 0;
    }
    return event;
  }

  /** The oldest event, as soon as there is one. */
  next(): Promise<IteratorResult<ConnectionEvent, undefined>> {
    const value = this.take();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

function weightOf(event: ConnectionEvent): number {
  return event.type === "text" || event.type === "binary" || event.type === "fragment"
    ? eventWeight + event.data.length
    : eventWeight;
}
