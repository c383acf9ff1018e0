/** WebSocket next to HTTP: takes over a node:http or node:https connection in the server's `upgrade` event. */
import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { OpeningHandler, SingleRequestOptions } from "@hybi/websocket";
import { fieldLines } from "./field-lines.ts";
import { NodeTransport } from "./node-transport.ts";
import { serverOf, type WebSocketServer } from "./websocket-server.ts";

/**
 * Processes an upgrade request: rejects one that breaks a rule, and calls the handler with a valid one. The caller has nothing
 * left to do. With a handler, each request gets a server of its own; options that count connections, such as
 * `maxConnections`, need one `WebSocketServer` for all requests, which is also faster per request.
 *
 * @example
 * server.on("upgrade", (request, socket, head) => {
 *   upgrade(request, socket, head, (opening) => {
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
  handler: OpeningHandler,
  options?: SingleRequestOptions,
): void;
export function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  target: WebSocketServer | OpeningHandler,
  options?: SingleRequestOptions,
): void {
  const server = serverOf("upgrade", target, options);
  const requestHead = {
    method: request.method ?? "",
    target: request.url ?? "",
    majorVersion: request.httpVersionMajor,
    minorVersion: request.httpVersionMinor,
    fields: fieldLines(request.rawHeaders),
  };
  const rest = new Uint8Array(head.buffer, head.byteOffset, head.length);
  // Not `socket`: Node 26 puts a stream of its own in front of it when the request has a body.
  const connection = request.socket;
  const info = {
    secure: connection instanceof TLSSocket,
    remoteAddress: connection instanceof Socket ? connection.remoteAddress : undefined,
  };
  // A caller that awaits before this call may be too late. A client that has ended its half sends no more frames.
  if (socket.destroyed || socket.readableEnded) {
    socket.on("error", () => {}).destroy();
    server.failed({ error: new Error("The client closed the connection before its request was processed.") }, info);
    return;
  }
  server.receiveUpgrade(new NodeTransport(socket), requestHead, rest, info);
}
