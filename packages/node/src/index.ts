/** `@hybi/node`: WebSocket connections over node:net, node:tls, node:http and node:http2. Exports, in reading order. */

// Clients.
export { type ConnectOptions, connect, WebSocket, WebSocketStream } from "./adapter.ts";
export type { ProxyOptions, TransportOptions } from "./options.ts";
export { OpeningError } from "@hybi/websocket";
export { ProxyError } from "./proxy.ts";

// Servers.
export { type ListenOptions, listen, WebSocketServer } from "./adapter.ts";
export { upgrade, upgradeStream } from "./upgrade.ts";
export type { Server, ServerOptions, SingleRequestOptions } from "@hybi/websocket";

// Building blocks.
export { Http2Transport } from "./http2/transport.ts";
export { NodeTransport } from "./transport.ts";
export { nodeFunctions } from "./native-functions.ts";
export { nodeClock } from "./runtime.ts";
