/** WebSocket beside HTTP: takes over a connection of node:http or node:https in its `upgrade` event. */
import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { OpeningHandler } from "@hybi/websocket";
import { fieldLines } from "./field-lines.ts";
import { NodeTransport } from "./node-transport.ts";
import { serverOf, type UpgradeOptions, type WebSocketServer } from "./websocket-server.ts";

/**
 * Answers an upgrade request: one that breaks a rule is refused, and with a valid one the handler is called. Nothing is
 * left for the caller to do. With options and a handler, the request is a server by itself: what counts connections, such as
 * `maxConnections`, is of a `WebSocketServer` for all requests, which also takes less time for each.
 *
 * @example
 * server.on("upgrade", (request, socket, head) => {
 *   upgrade(request, socket, head, {}, (opening) => {
 *     const socket = opening.accept();
 *     socket.onmessage = ({ data }) => socket.send(data);
 *   });
 * });
 */
export function upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array, server: WebSocketServer): void;
export function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  options: UpgradeOptions,
  handler: OpeningHandler,
): void;
export function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  target: WebSocketServer | UpgradeOptions,
  handler?: OpeningHandler,
): void {
  // Without a handler, the constructor says what is missing.
  const server = serverOf("upgrade", target, handler!);
  const requestHead = {
    method: request.method ?? "",
    target: request.url ?? "",
    majorVersion: request.httpVersionMajor,
    minorVersion: request.httpVersionMinor,
    fields: fieldLines(request.rawHeaders),
  };
  const rest = new Uint8Array(head.buffer, head.byteOffset, head.length);
  // Not `socket`: Node 26 puts a stream of its own before it when the request has a body.
  const connection = request.socket;
  const info = {
    secure: connection instanceof TLSSocket,
    remoteAddress: connection instanceof Socket ? connection.remoteAddress : undefined,
  };
  // Whoever awaits something before this call may be too late. A client that has ended its half sends no frame any more.
  if (socket.destroyed || socket.readableEnded) {
    socket.on("error", () => {}).destroy();
    server.failed({ error: new Error("The client has left before its request was looked at.") }, info);
    return;
  }
  server.receiveUpgrade(new NodeTransport(socket), requestHead, rest, info);
}
