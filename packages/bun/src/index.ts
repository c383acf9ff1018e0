/** `@hybi/bun`: WebSocket connections over Bun's sockets. Exports, in reading order. */

// Clients.
export {
  type ConnectOptions,
  connect,
  type TlsClientOptions,
  type TransportOptions,
  WebSocket,
  WebSocketStream,
} from "./connect.ts";
export { OpeningError } from "@hybi/websocket";

// Servers.
export { type ListenOptions, listen, type Server } from "./listen.ts";

// Building blocks.
export { type BunSocket, type BunSocketHandlers, BunTransport, socketHandlers } from "./bun-transport.ts";
