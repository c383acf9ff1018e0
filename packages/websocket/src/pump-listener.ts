/** Whom a pump tells: the sink of a connection, with what comes before it. */
import type { Agreement, ConnectionSink, EndpointEvent, OpeningRequest, ResponseHead } from "@hybi/core";

/**
 * Is told everything in wire order; `end` is the last, and always comes, once. Must not throw: a pump whose listener throws
 * reports the error and drops the connection. Commands to the endpoint may be given from inside.
 */
export interface PumpListener extends ConnectionSink {
  /**
   * Whether it throws nothing, whatever the application does. Then what is thrown while bytes are received is an extension's, or
   * of another function of the application's, and the peer is told with 1011.
   */
  readonly isGuarded?: boolean | undefined;
  /** Server: a valid opening request arrived; now `accept` or `reject`. */
  request(request: OpeningRequest): void;
  /** The opening handshake succeeded. */
  open(agreement: Agreement): void;
  /** Client: the server answered with another status than success; `body` may be cut off. */
  rejection(response: ResponseHead, body: Uint8Array): void;
  /** A turn is over: output was written, as far as the transport had room. */
  settled(): void;
  /** Bytes of memory that it holds for the peer, beside what the pump and its endpoint do. */
  readonly heldLength?: number;
  /** There is no memory for the connection any more: lets go of what it holds, and ends it with `giveUp`. */
  shed?(): void;
}

/** A listener that does nothing, to be completed by who needs only some of it. */
export const silentListener: PumpListener = {
  request() {},
  open() {},
  rejection() {},
  text() {},
  binary() {},
  fragment() {},
  ping() {},
  pong() {},
  close() {},
  failure() {},
  end() {},
  settled() {},
};

/** Tells `listener` about `event`. */
export function tell(event: EndpointEvent, listener: PumpListener): void {
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
    case "fragment":
      listener.fragment(event.kind, event.data, 0, event.data.length, event.final);
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
