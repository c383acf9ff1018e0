/** `@hybi/isomorphic` in Deno: our WebSocket, over its sockets. */
import { WebSocket as Ours } from "@hybi/deno";
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

/** The WebSocket of `@hybi/deno`, with the type that all platforms have in common. */
export const WebSocket: WebSocketClass = Ours as unknown as WebSocketClass;
export type WebSocket = AnyWebSocket;
