/**
 * Events of an endpoint. Events are plain values, in wire order; only `receive`, `receiveHead`, `receiveEnd`, `accept` and
 * `expire` return them.
 */
import type { ResponseHead } from "./http/head.ts";
import type { OpeningRequest } from "./opening/request.ts";
import type { Agreement } from "./vocabulary/agreement.ts";
import type { MessageKind } from "./vocabulary/terms.ts";
import type { Violation } from "./vocabulary/violation.ts";

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
 * A part of a data message, as its bytes arrived, with `delivery: "pieces"`. Its boundaries carry no meaning (RFC
 * 6455 §5.4). Text is validated but not decoded: a code point may be split between two parts.
 */
export interface PieceEvent {
  readonly type: "piece";
  readonly kind: MessageKind;
  readonly data: Uint8Array;
  /** True for the last part of the message; its `data` may be empty. */
  readonly final: boolean;
}

/** The peer sent a Ping (RFC 6455 §5.5.2). The Pong in reply is already queued, unless `autoPong` is false. At most 125 bytes. */
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
export interface PeerCloseEvent {
  readonly type: "close";
  readonly statusCode: number | undefined;
  readonly reason: string;
}

/** The endpoint failed the connection or the opening handshake (RFC 6455 §7.1.7). Only `end` can follow. */
export interface ProtocolFailureEvent {
  readonly type: "failure";
  readonly violation: Violation;
}

/**
 * The transport ended; nothing follows. `statusCode` is the connection close code of RFC 6455 §7.1.5: the peer's code,
 * 1005 if its Close frame had none, 1006 if no Close frame was received. `clean` is defined in §7.1.4, as far as the
 * connection knows: its own Close frame counts as sent once it is queued or taken, although only the caller knows
 * whether it was written.
 */
export interface EndEvent {
  readonly type: "end";
  readonly clean: boolean;
  readonly statusCode: number;
  readonly reason: string;
}

/** Events of an open connection. */
export type ConnectionEvent =
  | TextEvent
  | BinaryEvent
  | PieceEvent
  | PingEvent
  | PongEvent
  | PeerCloseEvent
  | ProtocolFailureEvent
  | EndEvent;

/** Server: a valid opening request arrived. Call `accept()` or `reject()`. */
export interface RequestEvent {
  readonly type: "request";
  readonly request: OpeningRequest;
}

/**
 * The opening handshake succeeded. With a handshake alone (`ClientHandshake`, `ServerHandshake`), pass `rest` to
 * `Connection.receive` or `Endpoint.fromAgreement` before anything else. An `Endpoint` has received it already, and the
 * resulting events follow this one; with "leave" it keeps it. In both cases `rest` is empty.
 */
export interface OpenEvent {
  readonly type: "open";
  /** Client: a `ClientAgreement`, with the response that opened the connection. */
  readonly agreement: Agreement;
  /** Bytes that arrived after the end of the handshake, in the same chunk, and have not been received yet. Usually empty. */
  readonly rest: Uint8Array;
}

/**
 * Client: the server sent a final response with an unsuccessful status. This is an HTTP response, not a violation (RFC
 * 6455 §4.1).
 */
export interface RejectionEvent {
  readonly type: "rejection";
  readonly response: ResponseHead;
  /** At most `limits.rejectionBody` bytes; the rest was dropped. */
  readonly body: Uint8Array;
}

/** Events until the connection is open. */
export type HandshakeEvent = RequestEvent | OpenEvent | RejectionEvent | ProtocolFailureEvent;

/** All events of an `Endpoint`. */
export type EndpointEvent = HandshakeEvent | ConnectionEvent;
