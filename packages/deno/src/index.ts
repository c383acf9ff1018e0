/** `@hybi/deno`: WebSocket connections over the sockets of Deno. In reading order. */

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
export { DenoTransport } from "./deno-transport.ts";
