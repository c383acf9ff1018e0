/**
 * Implements the `on…` attributes (HTML §8.1.8.1, event handlers): a handler's position among the listeners is that of when
 * it was first set; it keeps the position when it is replaced, and loses it when it is set to null.
 */

import { type Reporter, reportRejection } from "../event-loop/reporter.ts";
import { EventTarget } from "./platform-classes.ts";

/** A value of an `on…` attribute. One that is not an object counts as null; one that is not a function is never called. */
// biome-ignore lint/suspicious/noExplicitAny: `this` and the event are as specific as the attribute that uses it.
export type Handler = (this: any, event: any) => unknown;

interface Slot {
  readonly type: string;
  handler: Handler;
  readonly listener: (event: Event) => void;
}

/** The event handlers of one target. */
export class EventHandlers {
  readonly #target: EventTarget;
  readonly #report: Reporter;
  /** A list, because there are few: a Map takes five times the memory. */
  #slots: readonly Slot[] = [];

  /** `report` receives what handlers throw. */
  constructor(target: EventTarget, report: Reporter) {
    this.#target = target;
    this.#report = report;
  }

  /** Returns the handler for `type`, or null. */
  of(type: string): Handler | null {
    return this.#slots.find((slot) => slot.type === type)?.handler ?? null;
  }

  /** Sets, replaces or removes the handler for `type`. */
  set(type: string, value: unknown): void {
    const slot = this.#slots.find((slot) => slot.type === type);
    if (!isHandler(value)) {
      if (slot === undefined) return;
      this.#slots = this.#slots.filter((other) => other !== slot);
      // Call the platform's method: a subclass may override it for its listeners, which must not affect the handlers.
      EventTarget.prototype.removeEventListener.call(this.#target, type, slot.listener);
    } else if (slot !== undefined) {
      slot.handler = value;
    } else {
      this.#slots = [...this.#slots, this.#add(type, value)];
    }
  }

  #add(type: string, handler: Handler): Slot {
    const slot: Slot = {
      type,
      handler,
      listener: (event) => {
        const { handler } = slot;
        if (typeof handler !== "function") return;
        try {
          const returned: unknown = handler.call(this.#target, event);
          // HTML §8.1.8.1, the event handler processing algorithm: false cancels the event.
          if (returned === false) event.preventDefault();
          else if (typeof returned === "object") reportRejection(returned, this.#report);
        } catch (error) {
          this.#report(error);
        }
      },
    };
    EventTarget.prototype.addEventListener.call(this.#target, type, slot.listener);
    return slot;
  }
}

/** HTML: [LegacyTreatNonObjectAsNull]. */
function isHandler(value: unknown): value is Handler {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}
