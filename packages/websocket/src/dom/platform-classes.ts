/**
 * Classes of the web platform that some runtimes lack, such as React Native and small engines. Exports the platform's
 * own class where there is one, and our replacement elsewhere. Where no replacement is possible, the code that needs
 * the class throws an error that names it.
 */
import { makeAbortController } from "./made-abort-controller.ts";
import { MadeEvent, MadeEventTarget, makeMessageEvent } from "./made-events.ts";

/** Whether the platform has a class with this name. */
function has(name: string): boolean {
  return typeof Reflect.get(globalThis, name) === "function";
}

/** Use both classes or neither: an EventTarget only accepts events of its own implementation. */
const hasEvents = has("Event") && has("EventTarget");

export type Event = globalThis.Event;
export const Event: typeof globalThis.Event = hasEvents ? globalThis.Event : (MadeEvent as never);

export type EventTarget = globalThis.EventTarget;
export const EventTarget: typeof globalThis.EventTarget = hasEvents
  ? globalThis.EventTarget
  : (MadeEventTarget as never);

/**
 * The platform's MessageEvent, or our own on top of `Event`. In Node 22 and later, the first call loads the implementation of fetch,
 * to which it belongs: some 40 ms, and 2.5 to 3 MiB of heap.
 */
export function messageEventClass(): typeof MessageEvent {
  return hasEvents && has("MessageEvent") ? MessageEvent : makeMessageEvent(Event);
}

export function createAbortController(): AbortController {
  const Controller = has("AbortController") ? AbortController : makeAbortController(EventTarget, Event);
  return new Controller();
}

/** Whether `data` is a Blob; always false on platforms without Blob. */
export function isBlob(data: unknown): data is Blob {
  return typeof Blob === "function" && data instanceof Blob;
}

let blobsOfBytes: boolean | undefined;

/** Whether Blobs can be created from bytes. React Native's Blob can neither be created from bytes nor be read. */
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

/** @throws TypeError if the runtime lacks one of the classes in `needed`, which `what` requires */
export function requirePlatform(what: string, ...needed: string[]): void {
  for (const name of needed) {
    if (!has(name)) throw new TypeError(`${what} needs ${name}, which this runtime lacks.`);
  }
}
