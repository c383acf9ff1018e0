/** `@hybi/deno`: WebSocket connections over Deno's sockets. Exports, in reading order. */

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
export { DenoTransport } from "./deno-transport.ts";
