/** `WebSocket` and `WebSocketStream` over Node's transports, with the signatures of the web platform. */
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
import { nodeFunctions } from "./native-functions.ts";
import { openTransport } from "./open-transport.ts";
import { type TransportOptions, transportCheck } from "./transport-options.ts";

const defaults: ClientSocketOptions = {
  native: nodeFunctions,
  clock: nodeClock,
  // One function for all clients: clients with the same source share one pool of masking keys.
  random: (target) => crypto.getRandomValues(target),
};

/**
 * The `WebSocket` of the web platform, over Node's sockets. As an extension, it takes an options object in place of the
 * subprotocols; its `transportOptions` takes `TransportOptions`.
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

/** `WebSocketStream` over Node's sockets, with backpressure in both directions. */
export const WebSocketStream: WebSocketStreamClass<TransportOptions> = createWebSocketStreamClass(
  openTransport,
  defaults,
  transportCheck,
);
export type WebSocketStream = AnyWebSocketStream;
