/** What a CommonJS program does with the built declarations: `release:check` compiles it. */
import { createServer, IncomingMessage } from "node:http";
import { createConnection } from "node:net";

import WebSocket = require("@hybi/ws");

import * as ws from "@hybi/ws";

declare module "@hybi/ws" {
  interface WebSocket {
    isAlive?: boolean;
  }
  interface Server {
    name?: string;
  }
}

class Mine extends WebSocket {
  mine = 1;
}

class Asked extends IncomingMessage {}

// An accepted socket of the program's own class, and one that the program adds to.
new WebSocket.Server({ WebSocket: Mine, server: createServer({ IncomingMessage: Asked }) }).on(
  "connection",
  (socket, request) => [socket.mine satisfies number, request satisfies Asked],
);
const server: WebSocket.Server = new WebSocket.Server();
server.name = "a";
const socket: WebSocket.WebSocket = new WebSocket.WebSocket(null);
socket.isAlive = true;
const generic: WebSocket.WebSocketServer<typeof Mine, typeof Asked> = new ws.WebSocketServer<
  typeof Mine,
  typeof Asked
>();
const data: WebSocket.RawData = Buffer.alloc(1);
const options: WebSocket.ServerOptions<typeof Mine> = { WebSocket: Mine, noServer: true };
new WebSocket("ws://a", { createConnection, finishRequest: (request, { url }) => request.setHeader("a", url) });
WebSocket.createWebSocketStream(new WebSocket("ws://a")).end();
// @ts-expect-error internals are not there to be called
WebSocket.Sender.frame();
// @ts-expect-error internals are not declared, as in the types of ws
socket._socket;
export const used: unknown[] = [
  server,
  generic,
  data,
  options,
  WebSocket.extension,
  WebSocket.subprotocol,
  WebSocket.OPEN,
];
