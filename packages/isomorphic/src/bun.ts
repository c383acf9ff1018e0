/** `@hybi/isomorphic` in Bun: our WebSocket, over its sockets. */
import { PageWebSocket as Ours } from "@hybi/bun";
import type { AdapterClass } from "./adapter-class.ts";
import type { WebSocket as AnyWebSocket, WebSocketClass } from "./websocket.ts";

// All types that index.ts lists; what follows takes the place of its WebSocket.
export type * from "./index.ts";

/** The WebSocket of `@hybi/bun`, with the type that all platforms have in common. */
export const WebSocket: WebSocketClass = Ours satisfies AdapterClass as WebSocketClass;
export type WebSocket = AnyWebSocket;
