/**
 * The `on…` attributes (HTML §8.1.8.1, event handlers): a handler takes the place in the order of listeners that it had
 * when it was first set, keeps it when it is replaced, and loses it when it is set to null.
 */
import { type Clock, reportError } from "./clock.ts";

/** What an `on…` attribute takes; what is no function counts as null. */
// biome-ignore lint/suspicious/noExplicitAny: `this` and the event are as specific as the attribute that uses it.
export type Handler = (this: any, event: any) => unknown;

interface Slot {
  readonly type: string;
  handler: Handler;
  readonly listener: (event: Event) => void;
}

/** The handlers of one target. */
export class EventHandlers {
  readonly #target: EventTarget;
  readonly #clock: Clock;
  /** A list, because there are few: a Map takes five times the memory. */
  #slots: readonly Slot[] = [];

  /** What handlers throw is reported to `clock`. */
  constructor(target: EventTarget, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
  }

  /** The handler for `type`, or null. */
  of(type: string): Handler | null {
    return this.#slots.find((slot) => slot.type === type)?.handler ?? null;
  }

  /** Sets, replaces or removes the handler for `type`. */
  set(type: string, value: unknown): void {
    const slot = this.#slots.find((slot) => slot.type === type);
    if (typeof value !== "function") {
      if (slot === undefined) return;
      this.#slots = this.#slots.filter((other) => other !== slot);
      this.#target.removeEventListener(type, slot.listener);
    } else if (slot !== undefined) {
      slot.handler = value as Handler;
    } else {
      this.#slots = [...this.#slots, this.#add(type, value as Handler)];
    }
  }

  #add(type: string, handler: Handler): Slot {
    const slot: Slot = {
      type,
      handler,
      listener: (event) => {
        try {
          slot.handler.call(this.#target, event);
        } catch (error) {
          reportError(this.#clock, error);
        }
      },
    };
    this.#target.addEventListener(type, slot.listener);
    return slot;
  }
}
