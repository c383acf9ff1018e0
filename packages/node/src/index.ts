/** `@hybi/node`: WebSocket connections over node:net, node:tls and node:http. */

export { type ConnectOptions, connect } from "./connect.ts";
export { nodeHost } from "./host.ts";
export { type ListenOptions, listen, type Server } from "./listen.ts";
export type { MessageWriter } from "./message-writer.ts";
export { OpeningError } from "./opening-error.ts";
export type { Closure, Peer } from "./peer.ts";
export type { Answer, PeerHandler, ServeOptions } from "./serve.ts";
export { upgrade } from "./upgrade.ts";
