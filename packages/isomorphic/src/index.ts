/**
 * `@hybi/isomorphic` where a program cannot open sockets: in pages, Workers and React Native, the WebSocket of the platform. In
 * Node, Deno and Bun, the conditions of package.json lead to the files named after them. All export the same names,
 * with the same types.
 */
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

/** Takes the place of a class that the platform lacks, so that a module which imports it loads. */
function missing(): never {
  throw new Error("This platform has no WebSocket. Set globalThis.WebSocket before @hybi/isomorphic is imported.");
}

/** The WebSocket of the platform. */
export const WebSocket: WebSocketClass =
  (globalThis as { WebSocket?: WebSocketClass }).WebSocket ?? (missing as unknown as WebSocketClass);
export type WebSocket = AnyWebSocket;
