/** What an ES module does with the built declarations: `release:check` compiles it. */
import { EventEmitter } from "node:events";
import WebSocket, { createWebSocketStream, type RawData, Server, WebSocketServer } from "@hybi/ws";

declare module "@hybi/ws" {
  interface WebSocket {
    isAlive?: boolean;
  }
  interface Server {
    name?: string;
  }
}

const server = new WebSocketServer({ noServer: true });
server.on("connection", (socket) => {
  socket.isAlive = true;
  socket.on("message", (data: RawData) => data.toString());
});
server.name = "a";
const named: WebSocketServer = new Server();
createWebSocketStream(new WebSocket("ws://a")).end();
// @ts-expect-error no property of what is imported, as in the types of ws
new WebSocket.Server();

/** A stand-in that a test makes has what the declarations name, and no more. */
type Public = { [Name in keyof WebSocket]: WebSocket[Name] };
export function standIn(parts: Omit<Public, keyof EventEmitter>): WebSocket {
  return Object.assign(new EventEmitter(), parts);
}
export const used: unknown[] = [named];
