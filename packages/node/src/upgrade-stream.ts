/** WebSocket next to HTTP/2 (RFC 8441): takes over a node:http2 stream in the server's `stream` event. */
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { TLSSocket } from "node:tls";
import type { StreamAnswer } from "@hybi/core";
import type { ConnectStream, OpeningHandler, SingleRequestOptions, Transport } from "@hybi/websocket";
import { fieldLines, headersObject } from "./field-lines.ts";
import { cancel, endResponse, Http2Transport } from "./http2-transport.ts";
import { serverOf, type WebSocketServer } from "./websocket-server.ts";

/**
 * Processes an Extended CONNECT request: rejects one that breaks a rule, and calls the handler with a valid one. The HTTP/2
 * server must be created with `settings: { enableConnectProtocol: true }`. `headers` are those of the event; prefer its raw
 * headers, in which nothing is joined or left out.
 *
 * @example
 * server.on("stream", (stream, headers) => {
 *   if (headers[":method"] === "CONNECT") upgradeStream(stream, headers, (opening) => opening.accept());
 * });
 */
export function upgradeStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders | readonly string[],
  server: WebSocketServer,
): void;
export function upgradeStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders | readonly string[],
  handler: OpeningHandler,
  options?: SingleRequestOptions,
): void;
export function upgradeStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders | readonly string[],
  target: WebSocketServer | OpeningHandler,
  options?: SingleRequestOptions,
): void {
  const server = serverOf("upgradeStream", target, options);
  const socket = stream.session?.socket;
  const info = { secure: socket instanceof TLSSocket, remoteAddress: socket?.remoteAddress };
  if (stream.destroyed || stream.closed) {
    server.failed({ error: new Error("The client closed the stream before its request was processed.") }, info);
    return;
  }
  server.receiveStream(new Http2RequestStream(stream), fieldLines(headers), info);
}

class Http2RequestStream implements ConnectStream {
  onLost: (() => void) | undefined;
  readonly session: object | undefined;
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
    this.session = stream.session ?? undefined;
    stream.on("error", () => {});
    stream.once("close", () => this.onLost?.());
  }

  accept(answer: StreamAnswer): Transport {
    this.#respond(answer);
    return new Http2Transport(this.#stream);
  }

  reject(answer: StreamAnswer & { readonly body: Uint8Array }): void {
    if (this.#respond(answer)) endResponse(this.#stream, answer.body);
  }

  abort(): void {
    cancel(this.#stream);
  }

  #respond({ status, fields }: StreamAnswer): boolean {
    const stream = this.#stream;
    if (stream.destroyed || stream.closed || stream.headersSent) return false;
    stream.respond(headersObject([[":status", String(status)], ...fields]));
    return true;
  }
}
