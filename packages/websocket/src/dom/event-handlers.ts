/**
 * Implements the `on…` attributes (HTML §8.1.8.1, event handlers): a handler's position among the listeners is that of when
 * it was first set; it keeps the position when it is replaced, and loses it when it is set to null.
 *
 * A handler becomes a listener of the platform only when its position matters: before another listener for the same type is
 * added, or an event is dispatched. A socket that only has `onmessage` never needs one, because messages are passed to the
 * handler directly: a first listener takes 300 bytes in Node, and a dispatch a fifth of the time of a short message. All
 * targets share one listener, which finds the handler of its target.
 *
 * Only listeners added by the socket's own `addEventListener` are known. One that is added with
 * `EventTarget.prototype.addEventListener.call(socket, …)` gets no messages while `onmessage` is the only one known.
 */

import { type Reporter, reportRejection } from "../event-loop/reporter.ts";
import { platformLooksForHandlers } from "./fire.ts";
import { targetOf } from "./guarded-listeners.ts";
import { EventTarget } from "./platform-classes.ts";

/** A value of an `on…` attribute. One that is not an object counts as null; one that is not a function is never called. */
// biome-ignore lint/suspicious/noExplicitAny: `this` and the event are as specific as the attribute that uses it.
export type Handler = (this: any, event: any) => unknown;

/** The types of events that have an attribute. */
export type HandledType = "open" | "message" | "error" | "close";

type Listener = (event: Event) => void;

const allTypes: readonly HandledType[] = ["open", "message", "error", "close"];
/** The types as bits, so that a target needs no list of some of them. */
const bits: Readonly<Record<HandledType, number>> = { open: 1, message: 2, error: 4, close: 8 };
const noBits = 0;
const allBits = 0b1111;

/** The event handlers of one target. */
export class EventHandlers {
  open: Handler | null = null;
  message: Handler | null = null;
  error: Handler | null = null;
  close: Handler | null = null;
  readonly #target: EventTarget;
  readonly #listener: Listener;
  /** Bits of the types whose handler is a listener of the platform while it is set. */
  #registered: number;

  /**
   * `listener` is what `createHandlerListener` returned for this kind of target. `hasListeners` is whether listeners may have been
   * added already.
   */
  constructor(target: EventTarget, listener: Listener, hasListeners: boolean) {
    this.#target = target;
    this.#listener = listener;
    // Where the platform itself looks up and calls handlers, `fire` prevents it for events that are dispatched. And `when`
    // (Observable, WICG) adds listeners within the platform.
    const isUnseen = platformLooksForHandlers() || "when" in EventTarget.prototype;
    this.#registered = hasListeners || isUnseen ? allBits : noBits;
  }

  /** The handler to call for a message without dispatching the event; undefined if it must be dispatched. */
  get direct(): Handler | undefined {
    const { message } = this;
    return typeof message === "function" && !this.#isRegistered("message") ? message : undefined;
  }

  /** Sets, replaces or removes the handler for `type`. */
  set(type: HandledType, value: unknown): void {
    const had = this[type] !== null;
    const handler = isHandler(value) ? value : null;
    this[type] = handler;
    if (had === (handler !== null) || !this.#isRegistered(type)) return;
    // Call the platform's method: a subclass may override it for its listeners, which must not affect the handlers.
    if (handler === null) EventTarget.prototype.removeEventListener.call(this.#target, type, this.#listener);
    else this.#add(type);
  }

  /** Must be called before a listener for `type` is added, and before an event of that type is dispatched. */
  register(type: string): void {
    const handled = allTypes.find((known) => known === type);
    if (handled === undefined || this.#isRegistered(handled)) return;
    this.#registered |= bits[handled];
    if (this[handled] !== null) this.#add(handled);
  }

  /** The same for all types. */
  registerAll(): void {
    for (const type of allTypes) this.register(type);
  }

  #isRegistered(type: HandledType): boolean {
    return (this.#registered & bits[type]) !== 0;
  }

  #add(type: HandledType): void {
    EventTarget.prototype.addEventListener.call(this.#target, type, this.#listener);
  }
}

/**
 * Returns the listener that calls the handlers of one kind of target. `handlersOf` returns those of a target, and `reporterOf` the
 * reporter for what they throw.
 */
export function createHandlerListener(
  handlersOf: (target: unknown) => EventHandlers | undefined,
  reporterOf: (target: unknown) => Reporter,
): Listener {
  // Not `this`: in workerd without the compatibility flag set_event_target_this, it is not the target.
  return (event) => {
    const target = targetOf(event);
    const handler = handlersOf(target)?.[event.type as HandledType];
    if (typeof handler === "function") callHandler(handler, target, event, reporterOf(target));
  };
}

/** Calls `handler`, and reports what it throws or its promise rejects with. */
export function callHandler(handler: Handler, target: unknown, event: Event, report: Reporter): void {
  try {
    const returned: unknown = handler.call(target, event);
    // HTML §8.1.8.1, the event handler processing algorithm: false cancels the event.
    if (returned === false) event.preventDefault();
    else if (typeof returned === "object") reportRejection(returned, report);
  } catch (error) {
    report(error);
  }
}

/** HTML: [LegacyTreatNonObjectAsNull]. */
function isHandler(value: unknown): value is Handler {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}
