/** What this package exports for clients and servers: the common implementation, over the sockets of Node. */
import type { TlsOptions } from "node:tls";
import {
  type ConnectOptions as AnyConnectOptions,
  type ListenOptions as AnyListenOptions,
  type WebSocket as AnyWebSocket,
  type WebSocketServer as AnyWebSocketServer,
  type WebSocketStream as AnyWebSocketStream,
  createAdapter,
  type ListeningAdapter,
  type OpeningHandler,
  type Server,
  type WebSocketClass,
  type WebSocketStreamClass,
} from "@hybi/websocket";
import { openListener } from "./listen.ts";
import { nodeFunctions } from "./native-functions.ts";
import { destinationOf, openTransport } from "./open.ts";
import { checkTls, checkTransportOptions, type TransportOptions } from "./options.ts";
import { memoryBudgetOf, nodeClock } from "./runtime.ts";

const adapter: ListeningAdapter<TransportOptions, TlsOptions> = createAdapter({
  openTransport,
  destinationOf,
  checkTransportOptions,
  openListener,
  checkTls,
  memoryBudgetOf,
  runtime: { native: nodeFunctions, clock: nodeClock },
});

// Clients

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
export const connect: (url: string | URL, options?: ConnectOptions) => Promise<AnyWebSocket> = adapter.connect;

/**
 * The `WebSocket` of the web platform, over Node's sockets. As an extension, it takes an options object in place of the
 * subprotocols; its `transportOptions` takes `TransportOptions`.
 *
 * @example
 * const socket = new WebSocket("wss://example.com/chat", "chat");
 * socket.onmessage = ({ data }) => console.log(data);
 */
export const WebSocket: WebSocketClass<TransportOptions> = adapter.WebSocket;
export type WebSocket = AnyWebSocket;

/** `WebSocketStream` over Node's sockets, with backpressure in both directions. */
export const WebSocketStream: WebSocketStreamClass<TransportOptions> = adapter.WebSocketStream;
export type WebSocketStream = AnyWebSocketStream;

// Servers

/** Options of `listen()`. Without `host`, the server listens on all addresses of the machine. */
export interface ListenOptions extends AnyListenOptions<TlsOptions> {}

/**
 * Starts a server over TCP, TLS or a Unix socket, and calls `handler` with each valid opening request, which it accepts or
 * rejects. Resolves once the server is listening.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 * @example
 * const server = await listen((opening) => {
 *   const socket = opening.accept();
 *   socket.onmessage = ({ data }) => socket.send(data);
 * }, { port: 8080 });
 */
export const listen: (handler: OpeningHandler, options?: ListenOptions) => Promise<Server> = adapter.listen;

/**
 * A server for the requests that `upgrade` and `upgradeStream` pass to it, so that one object knows all connections regardless
 * of how they arrived. `listen` creates its own.
 *
 * @example
 * const sockets = new WebSocketServer((opening) => opening.accept());
 * httpServer.on("upgrade", (request, socket, head) => upgrade(request, socket, head, sockets));
 */
export const WebSocketServer: typeof AnyWebSocketServer = adapter.WebSocketServer;
export type WebSocketServer = AnyWebSocketServer;
