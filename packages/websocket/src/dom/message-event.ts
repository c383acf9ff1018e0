/**
 * Message events (HTML §9.1), as a socket fires them. The platform's constructor converts a dictionary, which takes 0.5 µs in
 * Node 22 and later, most of what a short message costs. An event of a subclass of Event takes a fifth of that. Its prototype
 * inherits from the platform's, so for the application it is a MessageEvent. It has no internal state of the platform's class: a
 * getter taken from MessageEvent.prototype and applied to it throws a TypeError.
 */
import type { MessageKind } from "@hybi/core";
import type { Reporter } from "../event-loop/reporter.ts";
import { callHandler, type Handler } from "./event-handlers.ts";
import { Event, type EventTarget, messageEventClass } from "./platform-classes.ts";
import { defineInterface } from "./web-idl.ts";

/** `ports` is the same frozen array each time. */
const noPorts: readonly never[] = Object.freeze([]);

class ReceivedMessageEvent extends Event {
  readonly #data: unknown;
  readonly #origin: string;
  /** Set when the event was passed to a handler without a dispatch. What the platform has set takes precedence. */
  #target: EventTarget | null = null;
  #currentTarget: EventTarget | null = null;

  constructor(data: unknown, origin: string) {
    super("message");
    this.#data = data;
    this.#origin = origin;
  }

  /** Calls `handler` as a dispatch at `target` would, of which it is the only listener. */
  static pass(event: ReceivedMessageEvent, target: EventTarget, handler: Handler, report: Reporter): void {
    event.#target = target;
    event.#currentTarget = target;
    callHandler(handler, target, event, report);
    event.#currentTarget = null;
  }

  /** Whether `event` is being passed to a handler. */
  static isPassed(event: unknown): boolean {
    return typeof event === "object" && event !== null && #target in event && event.#currentTarget !== null;
  }

  get data(): unknown {
    return this.#data;
  }

  get origin(): string {
    return this.#origin;
  }

  /** An extension: whether the message is text, which its data does not say if `textType` is "bytes". */
  get kind(): MessageKind {
    return typeof this.#data === "string" ? "text" : "binary";
  }

  get lastEventId(): string {
    return "";
  }

  get source(): null {
    return null;
  }

  get ports(): readonly never[] {
    return noPorts;
  }

  override get target(): EventTarget | null {
    return super.target ?? this.#target;
  }

  override get srcElement(): EventTarget | null {
    return this.target;
  }

  override get currentTarget(): EventTarget | null {
    return super.currentTarget ?? this.#currentTarget;
  }

  override get eventPhase(): 2 | Event["eventPhase"] {
    // DOM §2.2: AT_TARGET is 2.
    return this.#currentTarget === null ? super.eventPhase : 2;
  }

  override composedPath(): ReturnType<Event["composedPath"]> {
    return this.#currentTarget === null ? super.composedPath() : [this.#currentTarget];
  }
}

/** An event of a text message whose data are bytes. A class, so that events need no field for it. */
class ReceivedTextBytesEvent extends ReceivedMessageEvent {
  override get kind(): MessageKind {
    return "text";
  }
}

defineInterface(ReceivedMessageEvent, "MessageEvent", [
  ...["data", "origin", "lastEventId", "source", "ports"],
  ...["target", "srcElement", "currentTarget", "eventPhase", "composedPath"],
]);
// Code that copies an event calls its `constructor`, with a type and a dictionary: inherit that of MessageEvent.
Reflect.deleteProperty(ReceivedMessageEvent.prototype, "constructor");
Reflect.deleteProperty(ReceivedTextBytesEvent.prototype, "constructor");

/**
 * Whether `event` is being passed to a handler without a dispatch. The platform does not know, so `dispatchEvent` of a socket must
 * check it (DOM §2.7: an event whose dispatch flag is set cannot be dispatched).
 */
export function isBeingPassed(event: unknown): boolean {
  return ReceivedMessageEvent.isPassed(event);
}

let isMessageEvent = false;

/** Creates a message event. `text` is "bytes" for text that was not decoded. */
export function createMessageEvent(data: unknown, origin = "", text?: "bytes"): MessageEvent {
  return create(data, origin, text) as Event as MessageEvent;
}

/** Passes a message to `handler`, as an event that is not dispatched: `target` has no other listener for messages. */
export function passMessage(
  data: unknown,
  origin: string,
  target: EventTarget,
  handler: Handler,
  report: Reporter,
  text?: "bytes",
): void {
  ReceivedMessageEvent.pass(create(data, origin, text), target, handler, report);
}

function create(data: unknown, origin: string, text: "bytes" | undefined): ReceivedMessageEvent {
  if (!isMessageEvent) inherit();
  if (text === "bytes") return new ReceivedTextBytesEvent(data, origin);
  return new ReceivedMessageEvent(data, origin);
}

/** Called before the first event and not earlier, because looking up the platform's class takes long in Node (`messageEventClass`). */
function inherit(): void {
  const { prototype } = ReceivedMessageEvent;
  const platforms = messageEventClass().prototype as object;
  Object.setPrototypeOf(prototype, platforms);
  // What only some platforms have, such as `userActivation` in Chromium, is about `postMessage`, and null for a socket.
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(platforms))) {
    if (get === undefined || Object.hasOwn(prototype, name)) continue;
    Object.defineProperty(prototype, name, { get: () => null, enumerable: true, configurable: true });
  }
  isMessageEvent = true;
}
