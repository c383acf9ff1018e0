/** `@hybi/bun`: WebSocket connections over the sockets of Bun. In reading order. */

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

// What they are made of.
export { type BunSocket, type BunSocketHandlers, BunTransport, socketHandlers } from "./bun-transport.ts";
