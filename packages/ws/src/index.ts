/** `@hybi/ws`: the interface of `ws` 8 over hybi. */
import { extension } from "./extension.ts";
import { createWebSocketStream } from "./stream.ts";
import { subprotocol } from "./subprotocol.ts";
import { WebSocket } from "./websocket.ts";
import { WebSocketServer } from "./websocket-server.ts";

Object.assign(WebSocket, {
  createWebSocketStream,
  extension,
  Server: WebSocketServer,
  subprotocol,
  WebSocket,
  WebSocketServer,
});

export { createWebSocketStream, extension, subprotocol, WebSocket, WebSocketServer };
export { WebSocket as default };
