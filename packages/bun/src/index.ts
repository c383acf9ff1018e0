/** `@hybi/bun`: WebSocket connections over Bun's sockets. Exports, in reading order. */

// Clients.
export { type ConnectOptions, connect, WebSocket, WebSocketStream } from "./adapter.ts";
export type { TlsClientOptions, TransportOptions } from "./options.ts";
export { OpeningError } from "@hybi/websocket";

// Servers.
export { type ListenOptions, listen, WebSocketServer } from "./adapter.ts";
export type { TlsServerOptions } from "./options.ts";
export type { Server, ServerOptions } from "@hybi/websocket";

// Building blocks.
export { type BunSocket, type BunSocketHandlers, BunTransport, socketHandlers } from "./transport.ts";
