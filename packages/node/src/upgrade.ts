/** WebSocket beside HTTP: takes over a connection of node:http or node:https in its `upgrade` event. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FieldLine } from "@hybi/core";
import { NodeTransport } from "./node-transport.ts";
import { type PeerHandler, type ServeOptions, serve } from "./serve.ts";

/**
 * Answers an upgrade request, and calls `handler` with the peer once the connection is open. A request that breaks a
 * rule is refused; nothing is left for the caller to do.
 *
 * @example
 * server.on("upgrade", (request, socket, head) => {
 *   upgrade(request, socket, head, {}, (peer) => peer.onEvent(console.log));
 * });
 */
export function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  options: ServeOptions,
  handler: PeerHandler,
): void {
  const { pump } = serve(new NodeTransport(socket), options, handler);
  pump.start();
  pump.receiveHead({
    method: request.method ?? "",
    target: request.url ?? "",
    minorVersion: request.httpVersionMinor,
    fields: fieldLines(request.rawHeaders),
  });
  if (head.length > 0) pump.data(new Uint8Array(head.buffer, head.byteOffset, head.length));
}

/** Node's list of names and values in turn. */
function fieldLines(rawHeaders: readonly string[]): FieldLine[] {
  const lines: FieldLine[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) lines.push([rawHeaders[at]!, rawHeaders[at + 1]!]);
  return lines;
}
