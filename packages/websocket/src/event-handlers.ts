/**
 * The `on…` attributes (HTML §8.1.8.1, event handlers): a handler takes the place in the order of listeners that it had
 * when it was first set, keeps it when it is replaced, and loses it when it is set to null.
 */

/** What an `on…` attribute takes; what is no function counts as null. */
// biome-ignore lint/suspicious/noExplicitAny: `this` and the event are as specific as the attribute that uses it.
export type Handler = (this: any, event: any) => unknown;

interface Slot {
  handler: Handler;
  readonly listener: (event: Event) => void;
}

/** The handlers of one target. */
export class EventHandlers {
  readonly #target: EventTarget;
  readonly #report: (error: unknown) => void;
  readonly #slots = new Map<string, Slot>();

  constructor(target: EventTarget, report: (error: unknown) => void) {
    this.#target = target;
    this.#report = report;
  }

  /** The handler for `type`, or null. */
  of(type: string): Handler | null {
    return this.#slots.get(type)?.handler ?? null;
  }

  /** Sets, replaces or removes the handler for `type`. */
  set(type: string, value: unknown): void {
    const slot = this.#slots.get(type);
    if (typeof value !== "function") {
      if (slot === undefined) return;
      this.#slots.delete(type);
      this.#target.removeEventListener(type, slot.listener);
    } else if (slot !== undefined) {
      slot.handler = value as Handler;
    } else {
      this.#slots.set(type, this.#add(type, value as Handler));
    }
  }

  #add(type: string, handler: Handler): Slot {
    const slot: Slot = {
      handler,
      listener: (event) => {
        try {
          slot.handler.call(this.#target, event);
        } catch (error) {
          this.#report(error);
        }
      },
    };
    this.#target.addEventListener(type, slot.listener);
    return slot;
  }
}
