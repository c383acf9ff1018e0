/**
 * The half of the interface that is like an EventTarget: four events, as objects of `ws`'s shapes, for listeners that are kept among
 * those of the EventEmitter, so that both halves call theirs in one order.
 */
import type { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";
import { CloseEvent, ErrorEvent, Event, MessageEvent } from "./events.ts";

/** A function, or an object with `handleEvent`. */
export type EventHandler = ((event: never) => void) | { handleEvent(event: never): void };

/** Options of `addEventListener`. */
export interface ListenerOptions {
  once?: boolean | undefined;
}

type Wrapper = ((...values: never[]) => void) & { [handled]?: EventHandler; [isAttribute]?: boolean };

const handled = Symbol("handler");
const isAttribute = Symbol("attribute");

type EventName = "open" | "message" | "close" | "error";

const makers: { readonly [Name in EventName]: (target: EventEmitter, ...values: never[]) => Event } = {
  open: (target) => new Event("open", target),
  message: (target, data: Buffer, isBinary: boolean) =>
    new MessageEvent("message", { data: isBinary ? data : data.toString() }, target),
  close: (target, code: number, reason: Buffer) =>
    new CloseEvent("close", { code, reason: reason.toString(), wasClean: wasClean(target) }, target),
  error: (target, error: Error) => new ErrorEvent("error", { error, message: error.message }, target),
};

function wasClean(target: EventEmitter): boolean {
  return (target as EventEmitter & { readonly [closedCleanly]?: boolean })[closedCleanly] === true;
}

/** Property of a socket: whether both Close frames were exchanged. */
export const closedCleanly: unique symbol = Symbol("closedCleanly");

export function addEventListener(
  target: EventEmitter,
  type: string,
  handler: EventHandler,
  options: ListenerOptions = {},
): void {
  for (const known of target.listeners(type) as Wrapper[]) {
    if (known[handled] === handler && known[isAttribute] !== true) return;
  }
  add(target, type, handler, options.once === true, false);
}

export function removeEventListener(target: EventEmitter, type: string, handler: EventHandler): void {
  for (const known of target.listeners(type) as Wrapper[]) {
    if (known[handled] !== handler || known[isAttribute] === true) continue;
    target.removeListener(type, known as () => void);
    return;
  }
}

/** Defines the attributes `onopen`, `onmessage`, `onclose` and `onerror`. */
export function defineAttributes(prototype: EventEmitter): void {
  for (const type of Object.keys(makers) as EventName[]) {
    Object.defineProperty(prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      get(this: EventEmitter) {
        return attributeWrapper(this, type)?.[handled] ?? null;
      },
      set(this: EventEmitter, handler: unknown) {
        setAttribute(this, type, handler);
      },
    });
  }
}

/** Sets the handler of the attribute `on…`. Anything but a function removes it. */
function setAttribute(target: EventEmitter, type: EventName, handler: unknown): void {
  const known = attributeWrapper(target, type);
  if (known !== undefined) target.removeListener(type, known as () => void);
  if (typeof handler === "function") add(target, type, handler as EventHandler, false, true);
}

function attributeWrapper(target: EventEmitter, type: EventName): Wrapper | undefined {
  return (target.listeners(type) as Wrapper[]).find((listener) => listener[isAttribute] === true);
}

function add(target: EventEmitter, type: string, handler: EventHandler, once: boolean, asAttribute: boolean): void {
  if (!Object.hasOwn(makers, type)) return;
  const make = makers[type as EventName];
  const wrapper: Wrapper = (...values) => {
    const event = make(target, ...values);
    if (typeof handler === "function") handler.call(target as never, event as never);
    else handler.handleEvent(event as never);
  };
  wrapper[handled] = handler;
  wrapper[isAttribute] = asAttribute;
  if (once) target.once(type, wrapper as () => void);
  else target.on(type, wrapper as () => void);
}
