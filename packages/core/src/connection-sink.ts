/** Receivers of a connection's events: the `ConnectionSink` interface, and a sink that collects event objects in an array. */
import { copyOf } from "./bytes/byte-arrays.ts";
import { viewOf } from "./bytes/view-cache.ts";
import type { ConnectionEvent } from "./events.ts";
import type { MessageKind } from "./vocabulary/terms.ts";
import type { Violation } from "./vocabulary/violation.ts";

/**
 * Receives the events of `receiveInto`, in wire order, without event objects. Ranges of bytes may be kept: nobody else
 * writes to them. Commands may be called from inside, because they only queue output. Must not throw.
 */
export interface ConnectionSink {
  /** A whole text message, with `delivery: "messages"`. */
  text(data: string): void;
  /**
   * Whether whole text messages are passed to `textBytes`, as bytes that are valid UTF-8, and not to `text` as strings. Asked for each
   * message.
   */
  readonly takesTextBytes?: boolean;
  /** A whole text message: `bytes[start, end)`, in place of `text`. Needed if `takesTextBytes` is ever true. */
  textBytes?(bytes: Uint8Array, start: number, end: number): void;
  /** A whole binary message: `bytes[start, end)`. */
  binary(bytes: Uint8Array, start: number, end: number): void;
  /** A part of a message, with `delivery: "pieces"`: `bytes[start, end)`. */
  piece(kind: MessageKind, bytes: Uint8Array, start: number, end: number, final: boolean): void;
  ping(payload: Uint8Array): void;
  pong(payload: Uint8Array): void;
  close(statusCode: number | undefined, reason: string): void;
  failure(violation: Violation): void;
  end(clean: boolean, statusCode: number, reason: string): void;
}

/**
 * Ranges up to this length are copied, which is as cheap as a view and does not keep the whole chunk alive. From 65
 * bytes on V8 allocates an array outside its heap, which costs ten times as much.
 */
const eventCopyLimit = 64;

function ownBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (start === 0 && end === bytes.length) return bytes;
  return end - start <= eventCopyLimit ? copyOf(bytes, start, end) : viewOf(bytes, start, end);
}

/** Collects events as objects. */
export class EventCollector implements ConnectionSink {
  events: ConnectionEvent[] = [];

  /** Returns the collected events and clears the list. */
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

  piece(kind: MessageKind, bytes: Uint8Array, start: number, end: number, final: boolean): void {
    this.events.push({ type: "piece", kind, data: ownBytes(bytes, start, end), final });
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
