/** What this package exports for clients: the common implementation, over the sockets of Deno. Nothing here needs the server. */
import {
  type ConnectOptions as AnyConnectOptions,
  type WebSocket as AnyWebSocket,
  type WebSocketStream as AnyWebSocketStream,
  type Connect,
  createConnect,
  createOpener,
  createWebSocketClass,
  createWebSocketStreamClass,
  type WebSocketClass,
  type WebSocketStreamClass,
} from "@hybi/websocket";
import { destinationOf, openTransport } from "./open.ts";
import { checkTransportOptions, type TransportOptions } from "./options.ts";
import { denoRuntime, pageRuntime } from "./runtime.ts";

// Marked as pure, so that bundlers leave out what a program does not import.

const open: Connect = /* @__PURE__ */ createOpener({ openTransport, destinationOf });

/**
 * The `WebSocket` of the web platform, over Deno's sockets. As extensions, it takes an options object in place of the
 * subprotocols, whose `transportOptions` takes `TransportOptions`, and a program may close with every status code that a client may send.
 */
export const WebSocket: WebSocketClass<TransportOptions> = /* @__PURE__ */ createWebSocketClass(
  open,
  { runtime: denoRuntime },
  checkTransportOptions,
);
export type WebSocket = AnyWebSocket;

/**
 * The same with the rule of a page for `close`: 1000 and 3000 to 4999, and no other status code. For code that runs in pages too;
 * `@hybi/isomorphic` exports it as its `WebSocket`.
 */
export const PageWebSocket: WebSocketClass<TransportOptions> = /* @__PURE__ */ createWebSocketClass(
  open,
  { runtime: pageRuntime },
  checkTransportOptions,
);

/** `WebSocketStream` over Deno's sockets, with backpressure in both directions. */
export const WebSocketStream: WebSocketStreamClass<TransportOptions> = /* @__PURE__ */ createWebSocketStreamClass(
  open,
  { runtime: denoRuntime },
  checkTransportOptions,
);
export type WebSocketStream = AnyWebSocketStream;

/** Options of `connect()`. */
export interface ConnectOptions extends AnyConnectOptions<TransportOptions> {}

/**
 * Connects to `url` (ws, wss, http or https) and resolves with the socket once it is open.
 *
 * @throws OpeningError when the server rejects the opening, breaks a rule of the protocol, does not respond in time, or cannot
 *   be reached; DOMException or UsageError when the URL, a subprotocol or an option is invalid
 * @example
 * const socket = await connect("wss://example.com/chat", { protocols: "chat" });
 * socket.send("hello");
 */
export const connect: (url: string | URL, options?: ConnectOptions) => Promise<AnyWebSocket> =
  /* @__PURE__ */ createConnect(WebSocket);
