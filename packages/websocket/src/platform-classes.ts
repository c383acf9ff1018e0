/**
 * Classes of the web platform that not every runtime has: the platform's own where it has them, and what is made in their
 * place elsewhere, such as in React Native and in small engines. What cannot be made is missed where it is used, by its name.
 */
import { makeAbortController } from "./made-abort-controller.ts";
import { MadeEvent, MadeEventTarget, makeMessageEvent } from "./made-events.ts";

/** Whether the platform has a class of this name. */
function has(name: string): boolean {
  return typeof Reflect.get(globalThis, name) === "function";
}

/** Both or neither: a target takes events of its own kind only. */
const hasEvents = has("Event") && has("EventTarget");

export type Event = globalThis.Event;
export const Event: typeof globalThis.Event = hasEvents ? globalThis.Event : (MadeEvent as never);

export type EventTarget = globalThis.EventTarget;
export const EventTarget: typeof globalThis.EventTarget = hasEvents
  ? globalThis.EventTarget
  : (MadeEventTarget as never);

let messageEvents: typeof MessageEvent | undefined;

/** A message event. Its class is looked up with the first one: in Node that costs a millisecond. */
export function createMessageEvent(data: unknown, origin = ""): MessageEvent {
  messageEvents ??= hasEvents && has("MessageEvent") ? MessageEvent : makeMessageEvent(Event);
  return new messageEvents("message", { data, origin });
}

export function createAbortController(): AbortController {
  const Controller = has("AbortController") ? AbortController : makeAbortController(EventTarget, Event);
  return new Controller();
}

/** Whether `data` is a Blob. Where there is none, nothing is. */
export function isBlob(data: unknown): data is Blob {
  return typeof Blob === "function" && data instanceof Blob;
}

let blobsOfBytes: boolean | undefined;

/** Whether bytes can be told as a Blob. React Native has one that cannot be made of bytes, nor be read. */
export function canMakeBlobs(): boolean {
  blobsOfBytes ??= makesBlobs();
  return blobsOfBytes;
}

function makesBlobs(): boolean {
  try {
    return new Blob([new Uint8Array(1)]).size === 1;
  } catch {
    return false;
  }
}

/** @throws TypeError where the runtime lacks a class of one of these names, which `what` needs */
export function requirePlatform(what: string, ...needed: string[]): void {
  for (const name of needed) {
    if (!has(name)) throw new TypeError(`${what} needs ${name}, which this runtime lacks.`);
  }
}
