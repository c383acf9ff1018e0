/**
 * What an endpoint tells its caller. Events are plain values, in wire order; `receive`, `receiveEnd`, `accept` and
 * `expire` return them, and nothing else produces them.
 */
import type { ResponseHead } from "./http/head.ts";
import type { MessageKind } from "./message-kind.ts";
import type { Agreement } from "./opening/agreement.ts";
import type { OpeningRequest } from "./opening/request.ts";
import type { Violation } from "./violation.ts";

/** A whole text message (RFC 6455 §5.6), with `delivery: "messages"`. A leading U+FEFF is kept. */
export interface TextEvent {
  readonly type: "text";
  readonly data: string;
}

/** A whole binary message (RFC 6455 §5.6), with `delivery: "messages"`. `data` may point into the received chunk. */
export interface BinaryEvent {
  readonly type: "binary";
  readonly data: Uint8Array;
}

/**
 * A part of a data message as its bytes arrived, with `delivery: "fragments"`. Its boundaries carry no meaning
 * (RFC 6455 §5.4). Text is validated but not decoded: a code point may be split between two of these.
 */
export interface FragmentEvent {
  readonly type: "fragment";
  readonly kind: MessageKind;
  readonly data: Uint8Array;
  /** True for the last part of the message; its `data` may be empty. */
  readonly final: boolean;
}

/** The peer sent a Ping (RFC 6455 §5.5.2). The Pong that answers it is already queued. At most 125 bytes. */
export interface PingEvent {
  readonly type: "ping";
  readonly payload: Uint8Array;
}

/** The peer sent a Pong, solicited or not (RFC 6455 §5.5.3). At most 125 bytes. */
export interface PongEvent {
  readonly type: "pong";
  readonly payload: Uint8Array;
}

/** The peer's Close frame, as it was received (RFC 6455 §5.5.1). `statusCode` is undefined when its body was empty. */
export interface CloseEvent {
  readonly type: "close";
  readonly statusCode: number | undefined;
  readonly reason: string;
}

/** We failed the connection, or the opening handshake (RFC 6455 §7.1.7). Only `end` can follow. */
export interface FailureEvent {
  readonly type: "failure";
  readonly violation: Violation;
}

/**
 * The transport ended; nothing follows. `statusCode` is the connection close code of RFC 6455 §7.1.5: the peer's, 1005
 * when its Close frame had none, 1006 when no Close frame was received. `clean` is that of §7.1.4, as far
 * as the connection knows: a Close frame of ours that waits, or was taken, counts as passed. Whoever writes it knows better.
 */
export interface EndEvent {
  readonly type: "end";
  readonly clean: boolean;
  readonly statusCode: number;
  readonly reason: string;
}

/** What happens once the connection is open. */
export type ConnectionEvent =
  | TextEvent
  | BinaryEvent
  | FragmentEvent
  | PingEvent
  | PongEvent
  | CloseEvent
  | FailureEvent
  | EndEvent;

/** Server: a valid opening request arrived; now `accept()` or `reject()`. */
export interface RequestEvent {
  readonly type: "request";
  readonly request: OpeningRequest;
}

/**
 * The opening handshake succeeded. Of a handshake by itself (`ClientHandshake`, `ServerHandshake`), pass `rest` to
 * `Connection.receive` before anything else; an `Endpoint` has done so already, unless it was told to leave them, and the
 * events of it follow this one.
 */
export interface OpenEvent {
  readonly type: "open";
  readonly agreement: Agreement;
  /** Bytes that arrived with the handshake, behind its end, and that no connection has received yet. Mostly empty. */
  readonly rest: Uint8Array;
}

/** Client: the server answered with a final status other than success. An HTTP answer, not a fault (RFC 6455 §4.1). */
export interface RejectionEvent {
  readonly type: "rejection";
  readonly response: ResponseHead;
  /** At most `limits.rejectionBody` bytes; what came after them was dropped. */
  readonly body: Uint8Array;
}

/** What happens until the connection is open. */
export type HandshakeEvent = RequestEvent | OpenEvent | RejectionEvent | FailureEvent;

/** Everything an `Endpoint` can tell. */
export type EndpointEvent = HandshakeEvent | ConnectionEvent;
