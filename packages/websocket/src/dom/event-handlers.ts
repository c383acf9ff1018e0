/**
 * Implements the `on…` attributes (HTML §8.1.8.1, event handlers): a handler's position among the listeners is that of when
 * it was first set; it keeps the position when it is replaced, and loses it when it is set to null. All targets share one
 * listener, which finds the handler of its target: a closure for each handler would take 150 bytes.
 */

import { type Reporter, reportRejection } from "../event-loop/reporter.ts";
import { targetOf } from "./guarded-listeners.ts";
import { EventTarget } from "./platform-classes.ts";

/** A value of an `on…` attribute. One that is not an object counts as null; one that is not a function is never called. */
// biome-ignore lint/suspicious/noExplicitAny: `this` and the event are as specific as the attribute that uses it.
export type Handler = (this: any, event: any) => unknown;

/** The handlers of one target, by event type. */
export type Handlers = Record<string, Handler | null>;

/** The event handlers of one kind of event target. */
export class EventHandlers {
  readonly #listener: (this: unknown, event: Event) => void;

  /**
   * `handlersOf` returns the handlers of a target, of which at least one has been set, and `reporterOf` the reporter for what
   * they throw.
   */
  constructor(handlersOf: (target: unknown) => Handlers, reporterOf: (target: unknown) => Reporter) {
    this.#listener = function (event) {
      // In workerd without the compatibility flag set_event_target_this, `this` is not the target.
      const target = this ?? targetOf(event);
      const handler = handlersOf(target)[event.type];
      if (typeof handler !== "function") return;
      try {
        const returned: unknown = handler.call(target, event);
        // HTML §8.1.8.1, the event handler processing algorithm: false cancels the event.
        if (returned === false) event.preventDefault();
        else if (typeof returned === "object") reportRejection(returned, reporterOf(target));
      } catch (error) {
        reporterOf(target)(error);
      }
    };
  }

  /** Sets, replaces or removes in `handlers` the handler of `target` for `type`. */
  set(target: EventTarget, handlers: Handlers, type: string, value: unknown): void {
    const had = handlers[type] !== null;
    const handler = isHandler(value) ? value : null;
    handlers[type] = handler;
    // Call the platform's methods: a subclass may override them for its listeners, which must not affect the handlers.
    if (handler === null) EventTarget.prototype.removeEventListener.call(target, type, this.#listener);
    else if (!had) EventTarget.prototype.addEventListener.call(target, type, this.#listener);
  }
}

/** HTML: [LegacyTreatNonObjectAsNull]. */
function isHandler(value: unknown): value is Handler {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}
