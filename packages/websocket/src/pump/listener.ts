/** The listener of a pump: the sink of a connection, plus the events that precede the connection. */
import type { Agreement, ConnectionSink, EndpointEvent } from "@hybi/core";
import type { OpeningRequest, ResponseHead } from "@hybi/core/opening";

/**
 * Receives all events in wire order; `end` is always emitted, exactly once, and is the last. Must not throw: if it
 * does, the pump reports the error and drops the connection. It may give commands to the endpoint from inside a
 * callback.
 */
export interface PumpListener extends ConnectionSink {
  /**
   * Whether the listener never throws, whatever the application does. Anything thrown while bytes are received then
   * comes from an extension or another function of the application, and the connection is closed with 1011.
   */
  readonly isGuarded?: boolean | undefined;
  /** Server: a valid opening request arrived; call `accept` or `reject`. */
  request(request: OpeningRequest): void;
  /** The opening handshake succeeded. */
  open(agreement: Agreement): void;
  /** Client: the server responded with a status other than success; `body` may be truncated. */
  rejection(response: ResponseHead, body: Uint8Array): void;
  /** A turn is over: output was written, as far as the transport had room. */
  flushed(): void;
  /** Bytes of memory that the listener holds for the peer, excluding those of the pump and its endpoint. */
  readonly heldLength?: number;
  /** Called when memory has run out: releases what the listener holds and ends the connection with `giveUp`. */
  shed?(): void;
}

/** A no-op listener to spread into your own: `{ ...silentListener, text(data) { … } }`. */
export const silentListener: PumpListener = {
  request() {},
  open() {},
  rejection() {},
  text() {},
  binary() {},
  piece() {},
  ping() {},
  pong() {},
  close() {},
  failure() {},
  end() {},
  flushed() {},
};

/** Passes `event` to the matching method of `listener`. */
export function dispatch(event: EndpointEvent, listener: PumpListener): void {
  switch (event.type) {
    case "request":
      listener.request(event.request);
      break;
    case "open":
      listener.open(event.agreement);
      break;
    case "rejection":
      listener.rejection(event.response, event.body);
      break;
    case "text":
      listener.text(event.data);
      break;
    case "binary":
      listener.binary(event.data, 0, event.data.length);
      break;
    case "piece":
      listener.piece(event.kind, event.data, 0, event.data.length, event.final);
      break;
    case "ping":
      listener.ping(event.payload);
      break;
    case "pong":
      listener.pong(event.payload);
      break;
    case "close":
      listener.close(event.statusCode, event.reason);
      break;
    case "failure":
      listener.failure(event.violation);
      break;
    case "end":
      listener.end(event.clean, event.statusCode, event.reason);
      break;
    default:
      event satisfies never;
  }
}
