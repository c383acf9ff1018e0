/** What this package exports for clients and servers: the common implementation, over the sockets of Deno. */
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
import { destinationOf, openTransport } from "./open.ts";
import { checkTls, checkTransportOptions, type TlsServerOptions, type TransportOptions } from "./options.ts";
import { memoryBudgetOf } from "./runtime.ts";

const adapter: ListeningAdapter<TransportOptions, TlsServerOptions> = createAdapter({
  openTransport,
  destinationOf,
  checkTransportOptions,
  openListener,
  checkTls,
  memoryBudgetOf,
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
 * The `WebSocket` of the web platform, over Deno's sockets. As an extension, it takes an options object in place of the
 * subprotocols; its `transportOptions` takes `TransportOptions`.
 */
export const WebSocket: WebSocketClass<TransportOptions> = adapter.WebSocket;
export type WebSocket = AnyWebSocket;

/** `WebSocketStream` over Deno's sockets, with backpressure in both directions. */
export const WebSocketStream: WebSocketStreamClass<TransportOptions> = adapter.WebSocketStream;
export type WebSocketStream = AnyWebSocketStream;

// Servers

/** Options of `listen()`. Without `host`, the server listens on all IPv4 addresses of the machine. */
export interface ListenOptions extends AnyListenOptions<TlsServerOptions> {}

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
 * The server behind `listen`, with the defaults of this runtime, for transports that arrive by other means: see `receive`.
 */
export const WebSocketServer: typeof AnyWebSocketServer = adapter.WebSocketServer;
export type WebSocketServer = AnyWebSocketServer;
