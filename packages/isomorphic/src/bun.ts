/** `@hybi/isomorphic` in Bun: our WebSocket, over its sockets. */
import { WebSocket as Ours } from "@hybi/bun";
import type { WebSocket as AnyWebSocket, WebSocketClass } from "./websocket.ts";

export type {
  CloseEvent,
  MessageData,
  MessageEvent,
  Sendable,
  WebSocketClass,
  WebSocketEventMap,
  WebSocketListener,
} from "./websocket.ts";

/** The WebSocket of `@hybi/bun`, with the type that all platforms have in common. */
export const WebSocket: WebSocketClass = Ours as unknown as WebSocketClass;
export type WebSocket = AnyWebSocket;
