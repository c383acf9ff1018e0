/** `@hybi/node`: WebSocket connections over node:net, node:tls, node:http and node:http2. Exports, in reading order. */

// Clients.
export { type ConnectOptions, connect } from "./connect.ts";
export { OpeningError } from "@hybi/websocket";
export { ProxyError } from "./proxy.ts";
export { WebSocket, WebSocketStream } from "./websocket-classes.ts";
export type { ClientOptions, ProxyOptions, TransportOptions } from "./transport-options.ts";

// Servers.
export { type ListenOptions, listen, type Server } from "./listen.ts";
export { upgrade } from "./upgrade.ts";
export { upgradeStream } from "./upgrade-stream.ts";
export { WebSocketServer } from "./websocket-server.ts";
export type { ServerOptions, SingleRequestOptions } from "@hybi/websocket";

// Building blocks.
export { Http2Transport } from "./http2-transport.ts";
export { NodeTransport } from "./node-transport.ts";
export { nodeFunctions } from "./native-functions.ts";
export { nodeClock } from "./clock.ts";
