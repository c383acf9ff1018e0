/** `WebSocket` and `WebSocketStream` over the transports of Node, with the signature of the global. */
import {
  type WebSocket as AnyWebSocket,
  type WebSocketStream as AnyWebSocketStream,
  type ClientSocketOptions,
  createWebSocketClass,
  createWebSocketStreamClass,
  type WebSocketClass,
  type WebSocketStreamClass,
} from "@hybi/websocket";
import { nodeClock } from "./clock.ts";
import { nodeHost } from "./host.ts";
import { openTransport } from "./open-transport.ts";
import { type TransportOptions, transportCheck } from "./transport-options.ts";

const defaults: ClientSocketOptions = {
  host: nodeHost,
  clock: nodeClock,
  // One function for all clients: masking keys are drawn from one pool for each source.
  random: (target) => crypto.getRandomValues(target),
};

/**
 * The WebSocket of the web platform. Options in place of subprotocols are an extension; `transport` among them are
 * `TransportOptions`.
 *
 * @example
 * const socket = new WebSocket("wss://example.com/chat", "chat");
 * socket.onmessage = ({ data }) => console.log(data);
 */
export const WebSocket: WebSocketClass<TransportOptions> = createWebSocketClass(
  openTransport,
  defaults,
  transportCheck,
);
export type WebSocket = AnyWebSocket;

/** The WebSocketStream of the web platform, where it has one: with backpressure both ways. */
export const WebSocketStream: WebSocketStreamClass<TransportOptions> = createWebSocketStreamClass(
  openTransport,
  defaults,
  transportCheck,
);
export type WebSocketStream = AnyWebSocketStream;
