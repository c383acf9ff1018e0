/** Where a connection's events go: to a sink of the caller's without any object made, or into an array of values. */
import { copyOf } from "./bytes/copy-of.ts";
import { viewOf } from "./bytes/words.ts";
import type { ConnectionEvent } from "./events.ts";
import type { MessageKind } from "./message-kind.ts";
import type { Violation } from "./violation.ts";

/**
 * Takes the events of `receiveInto`, in wire order. Ranges of bytes may be kept: nobody writes to them. Commands may be
 * called from inside: they only queue output. Must not throw.
 */
export interface ConnectionSink {
  /** A whole text message, with `delivery: "messages"`. */
  text(data: string): void;
  /** A whole binary message: `bytes[start, end)`. */
  binary(bytes: Uint8Array, start: number, end: number): void;
  /** A part of a message, with `delivery: "fragments"`: `bytes[start, end)`. */
  fragment(kind: MessageKind, bytes: Uint8Array, start: number, end: number, final: boolean): void;
  ping(payload: Uint8Array): void;
  pong(payload: Uint8Array): void;
  close(statusCode: number | undefined, reason: string): void;
  failure(violation: Violation): void;
  end(clean: boolean, statusCode: number, reason: string): void;
}

/**
 * Up to here bytes are copied: as cheap as a view, and the event does not keep the whole chunk alive. From 65 bytes on
 * V8 puts an array outside its heap, which costs ten times as much.
 */
const copyLimit = 64;

function ownBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (start === 0 && end === bytes.length) return bytes;
  return end - start <= copyLimit ? copyOf(bytes, start, end) : viewOf(bytes, start, end);
}

/** Makes events of what it takes. */
export class EventCollector implements ConnectionSink {
  events: ConnectionEvent[] = [];

  /** Removes the events and answers them. */
  take(): ConnectionEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }

  text(data: string): void {
    this.events.push({ type: "text", data });
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    this.events.push({ type: "binary", data: ownBytes(bytes, start, end) });
  }

  fragment(kind: MessageKind, bytes: Uint8Array, start: number, end: number, final: boolean): void {
    this.events.push({ type: "fragment", kind, data: ownBytes(bytes, start, end), final });
  }

  ping(payload: Uint8Array): void {
    this.events.push({ type: "ping", payload });
  }

  pong(payload: Uint8Array): void {
    this.events.push({ type: "pong", payload });
  }

  close(statusCode: number | undefined, reason: string): void {
    this.events.push({ type: "close", statusCode, reason });
  }

  failure(violation: Violation): void {
    this.events.push({ type: "failure", violation });
  }

  end(clean: boolean, statusCode: number, reason: string): void {
    this.events.push({ type: "end", clean, statusCode, reason });
  }
}
