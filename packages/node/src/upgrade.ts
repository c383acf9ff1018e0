/**
 * WebSocket next to HTTP: takes over a connection of node:http or node:https in the server's `upgrade` event, or a stream of
 * node:http2 in its `stream` event (RFC 8441).
 */
import type { IncomingMessage } from "node:http";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import type { StreamAnswer } from "@hybi/core/opening";
import { checkOptions, type OptionChecks, takes } from "@hybi/core/options";
import {
  type ConnectStream,
  checkSingleRequest,
  MemoryBudget,
  type OpeningHandler,
  type SingleRequestOptions,
  type Transport,
} from "@hybi/websocket";
import { fieldLines, headersObject, requestHead } from "./fields.ts";
import { cancel, endResponse, Http2Transport } from "./http2/transport.ts";
import { memoryBudgetOf } from "./runtime.ts";
import { WebSocketServer } from "./server.ts";
import { NodeTransport } from "./transport.ts";
import { NodeTransportInfo } from "./transport-info.ts";

/** What `upgrade` and `upgradeStream` take for one request. */
export interface UpgradeOptions {
  /** Anything of the application, such as the user whom it has found for the request: `opening.context`, and `context` of the socket. */
  readonly context?: unknown;
}

const upgradeChecks: OptionChecks<UpgradeOptions> = { context: takes.anything };

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
export function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  server: WebSocketServer,
  options?: UpgradeOptions,
): void;
export function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  handler: OpeningHandler,
  options?: SingleRequestOptions & UpgradeOptions,
): void;
export function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  target: WebSocketServer | OpeningHandler,
  options?: SingleRequestOptions & UpgradeOptions,
): void {
  const server = serverOf("upgrade", target, options);
  // A copy: a short Buffer may share its memory with others.
  const rest = new Uint8Array(head);
  // Not `socket`: Node 26 puts a stream of its own in front of it when the request has a body.
  const info = new NodeTransportInfo(request.socket, request, options?.context);
  // A caller that awaits before this call may be too late. A client that has ended its half sends no more frames.
  if (socket.destroyed || socket.readableEnded) {
    socket.on("error", () => {}).destroy();
    const error = new Error("The client closed the connection before its request was processed.");
    server.failed({ kind: "transport", error }, info, "left");
    return;
  }
  server.receiveUpgrade(new NodeTransport(socket), requestHead(request), rest, info);
}

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
  options?: UpgradeOptions,
): void;
export function upgradeStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders | readonly string[],
  handler: OpeningHandler,
  options?: SingleRequestOptions & UpgradeOptions,
): void;
export function upgradeStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders | readonly string[],
  target: WebSocketServer | OpeningHandler,
  options?: SingleRequestOptions & UpgradeOptions,
): void {
  const server = serverOf("upgradeStream", target, options);
  const info = new NodeTransportInfo(stream, undefined, options?.context);
  if (stream.destroyed || stream.closed) {
    const error = new Error("The client closed the stream before its request was processed.");
    server.failed({ kind: "transport", error }, info, "left");
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

// Internals

/**
 * Returns the server for a call to `upgrade` or `upgradeStream`: `target` itself, or a new one for this request.
 *
 * @throws UsageError `option/unknown`, also for options that concern several connections
 */
function serverOf(
  caller: string,
  target: WebSocketServer | OpeningHandler,
  options: SingleRequestOptions & UpgradeOptions = {},
): WebSocketServer {
  if (target instanceof WebSocketServer) {
    checkOptions(`${caller} with a WebSocketServer, which has its own`, options as UpgradeOptions, upgradeChecks);
    return target;
  }
  checkSingleRequest(caller, options);
  // Single-connection servers share one memory budget.
  const { context, memoryBudget = sharedMemoryBudget(), ...own } = options;
  return new WebSocketServer(target, { ...own, memoryBudget });
}

let shared: MemoryBudget | undefined;

/** Returns the budget shared by all single-connection servers that `upgrade` and `upgradeStream` create. */
function sharedMemoryBudget(): MemoryBudget {
  shared ??= new MemoryBudget(memoryBudgetOf() as number);
  return shared;
}
