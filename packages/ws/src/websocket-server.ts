/**
 * The server of `ws`: it takes connections over in the event `upgrade` of a server of node:http, its own or that of the application.
 * The request is checked by core.
 */
import type { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Extension } from "@hybi/core";
import {
  type AcceptedOpening,
  answerOpeningRequest,
  checkOpeningRequest,
  type FieldLine,
  type OpeningRequest,
  type RequestHead,
} from "@hybi/core/opening";
import { deflateExtensions } from "./deflate.ts";
import { openingError } from "./errors.ts";
import { type ConnectionSetup, serverSetup } from "./setup.ts";
import { throwLater } from "./turns.ts";
import { openAccepted, WebSocket } from "./websocket.ts";

/** Property of sockets that were passed to `handleUpgrade`. A set of them would take several times as much memory. */
const isTaken = Symbol("taken");

type Verdict = (accepts: boolean, code?: number, message?: string, headers?: OutgoingHttpHeaders) => void;

/** A request that has been checked. */
interface Checked {
  readonly request: OpeningRequest;
  readonly req: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** The values of each event of a server. */
interface WebSocketServerEvents<Socket extends typeof WebSocket, Request extends typeof IncomingMessage> {
  connection: [websocket: InstanceType<Socket>, request: InstanceType<Request>];
  headers: [headers: string[], request: InstanceType<Request>];
  listening: [];
  close: [];
  error: [error: Error];
  wsClientError: [error: Error, socket: Duplex, request: InstanceType<Request>];
}

/** EventEmitter has the methods; these are the types of their listeners. */
export interface WebSocketServer<
  Socket extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> {
  on<Name extends keyof WebSocketServerEvents<Socket, Request>>(
    event: Name,
    listener: (this: WebSocketServer<Socket>, ...values: WebSocketServerEvents<Socket, Request>[Name]) => void,
  ): this;
  // biome-ignore lint/suspicious/noExplicitAny: events of the application
  on(event: string | symbol, listener: (this: WebSocketServer<Socket>, ...values: any[]) => void): this;
  once<Name extends keyof WebSocketServerEvents<Socket, Request>>(
    event: Name,
    listener: (this: WebSocketServer<Socket>, ...values: WebSocketServerEvents<Socket, Request>[Name]) => void,
  ): this;
  // biome-ignore lint/suspicious/noExplicitAny: events of the application
  once(event: string | symbol, listener: (this: WebSocketServer<Socket>, ...values: any[]) => void): this;
  off<Name extends keyof WebSocketServerEvents<Socket, Request>>(
    event: Name,
    listener: (this: WebSocketServer<Socket>, ...values: WebSocketServerEvents<Socket, Request>[Name]) => void,
  ): this;
  // biome-ignore lint/suspicious/noExplicitAny: events of the application
  off(event: string | symbol, listener: (this: WebSocketServer<Socket>, ...values: any[]) => void): this;
  addListener<Name extends keyof WebSocketServerEvents<Socket, Request>>(
    event: Name,
    listener: (this: WebSocketServer<Socket>, ...values: WebSocketServerEvents<Socket, Request>[Name]) => void,
  ): this;
  // biome-ignore lint/suspicious/noExplicitAny: events of the application
  addListener(event: string | symbol, listener: (this: WebSocketServer<Socket>, ...values: any[]) => void): this;
  removeListener<Name extends keyof WebSocketServerEvents<Socket, Request>>(
    event: Name,
    listener: (this: WebSocketServer<Socket>, ...values: WebSocketServerEvents<Socket, Request>[Name]) => void,
  ): this;
  // biome-ignore lint/suspicious/noExplicitAny: events of the application
  removeListener(event: string | symbol, listener: (this: WebSocketServer<Socket>, ...values: any[]) => void): this;
}

/**
 * A server.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see above
export class WebSocketServer<
  Socket extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> extends EventEmitter {
  options: WebSocket.ServerOptions<Socket, Request>;
  /** The accepted sockets that are not closed; undefined with `clientTracking: false`. */
  declare clients: Set<InstanceType<Socket>>;
  /** What `shouldHandle` compares with; the option `path` unless it is set. */
  declare path: string;
  /**
   * The HTTP server; undefined with `noServer`, and once it is closed.
   *
   * @internal as in the types of `ws`
   */
  _server: Server | undefined;

  readonly #extensions: readonly Extension[];
  readonly #setup: ConnectionSetup;
  /** One function for all connections. */
  readonly #onClosed = (client: WebSocket): void => this.#clientClosed(client as InstanceType<Socket>);
  #state: "running" | "closing" | "closed" = "running";
  #removeListeners: (() => void) | undefined;
  /** Whether `close` is emitted when the last client has gone. */
  #closesWithClients = false;
  #hasWarned = false;

  /** @throws TypeError unless exactly one of `port`, `server` and `noServer` is given */
  constructor(settings?: WebSocket.ServerOptions<Socket, Request>, callback?: () => void) {
    super();
    const options = settings ?? {};
    const { port, server, noServer } = options;
    const given = [port !== undefined && port !== null, Boolean(server), Boolean(noServer)];
    if (given.filter(Boolean).length !== 1) {
      throw new TypeError('One and only one of the "port", "server", or "noServer" options must be specified');
    }
    this.options = {
      ...{ allowSynchronousEvents: true, autoPong: true, closeTimeout: 30_000, maxPayload: 104_857_600 },
      ...{ skipUTF8Validation: false, perMessageDeflate: false, clientTracking: true, WebSocket: WebSocket as Socket },
      ...options,
    };
    this.#extensions = deflateExtensions(this.options.perMessageDeflate);
    this.#setup = serverSetup(this.options, this.#extensions);
    if (this.options.clientTracking) this.clients = new Set();
    if (given[0]) {
      this._server = createServer(answerWithoutUpgrade);
      this._server.listen(port as number, options.host as string, options.backlog as number, callback);
    } else if (server) this._server = server as unknown as Server;
    if (this._server !== undefined) this.#listenTo(this._server);
  }

  /**
   * Returns the address of the server, or null once it is closed.
   *
   * @throws Error with `noServer`
   */
  address(): AddressInfo | string | null {
    if (this.options.noServer) throw new Error('The server is operating in "noServer" mode');
    return this._server === undefined ? null : this._server.address();
  }

  /** Stops accepting. A server that was passed stays open, and so do the clients. */
  close(callback?: (error?: Error) => void): void {
    if (this.#state === "closed") {
      if (callback !== undefined) this.once("close", () => callback(new Error("The server is not running")));
      process.nextTick(() => this.emit("close"));
      return;
    }
    if (callback !== undefined) this.once("close", callback);
    if (this.#state === "closing") return;
    this.#state = "closing";
    this.#removeListeners?.();
    this.#removeListeners = undefined;
    const server = this._server;
    this._server = undefined;
    if (server !== undefined && !this.options.server) {
      server.close(() => this.#emitClose());
      return;
    }
    if (this.clients !== undefined && this.clients.size > 0) this.#closesWithClients = true;
    else process.nextTick(() => this.#emitClose());
  }

  /** Whether a request is for this server: by the option `path`. Override it for more. */
  shouldHandle(request: InstanceType<Request>): boolean | Promise<boolean> {
    const path = this.path ?? this.options.path;
    if (!path) return true;
    const { url = "" } = request;
    const query = url.indexOf("?");
    return (query < 0 ? url : url.slice(0, query)) === path;
  }

  /** Answers an upgrade request. `callback` gets the socket of one that is accepted. */
  handleUpgrade(
    request: InstanceType<Request>,
    socket: Duplex,
    upgradeHead: Buffer,
    callback: (client: InstanceType<Socket>, request: InstanceType<Request>) => void,
  ): void {
    socket.on("error", destroyOnError);
    // Drafts before 13 have the same frames (their version is 8), and the same request but for the name of Origin.
    const isDraft = request.headers["sec-websocket-version"] === "8";
    const check = checkOpeningRequest(requestHead(request, isDraft), { tolerate });
    if (check.type === "violation") {
      const { violation } = check;
      const headers: Record<string, string> = {};
      if (violation.code.startsWith("opening/version")) headers["Sec-WebSocket-Version"] = "13, 8";
      const error = openingError(violation);
      this.#reject(request, socket, violation.httpStatus ?? 400, error, headers);
      return;
    }
    const checked: Checked = { request: check.request, req: request, socket, head: upgradeHead };
    const handles = this.shouldHandle(request);
    if (typeof handles === "boolean") this.#handle(handles, isDraft, checked, callback as never);
    else {
      Promise.resolve(handles).then(
        (result) => this.#handle(result, isDraft, checked, callback as never),
        (error) => {
          abort(socket, 500);
          throwLater(error);
        },
      );
    }
  }

  #handle(
    handles: boolean,
    isDraft: boolean,
    checked: Checked,
    callback: (client: InstanceType<Socket>, request: IncomingMessage) => void,
  ): void {
    const { req, socket } = checked;
    if (!handles) {
      abort(socket, 400);
      return;
    }
    const { verifyClient } = this.options;
    if (!verifyClient) {
      this.#complete(checked, callback);
      return;
    }
    const connection = (req.socket ?? {}) as { authorized?: boolean; encrypted?: boolean };
    const info = {
      origin: req.headers[isDraft ? "sec-websocket-origin" : "origin"] as string,
      secure: Boolean(connection.authorized || connection.encrypted),
      req: req as InstanceType<Request>,
    };
    if (verifyClient.length !== 2) {
      if ((verifyClient as (given: typeof info) => boolean)(info)) this.#complete(checked, callback);
      else abort(socket, 401);
      return;
    }
    const decide: Verdict = (accepts, code, message, headers) => {
      if (accepts) this.#complete(checked, callback);
      else if (breaksLines(fieldLines(headers))) this.#failed(req, socket, invalidLine());
      else abort(socket, code || 401, message || undefined, headers);
    };
    (verifyClient as (given: typeof info, verdict: Verdict) => void)(info, decide);
  }

  #complete(checked: Checked, callback: (client: InstanceType<Socket>, request: IncomingMessage) => void): void {
    const { request, req, socket, head } = checked;
    // The client may have gone while the application decided.
    if (!socket.readable || !socket.writable) {
      socket.destroy();
      return;
    }
    if (isTaken in socket) {
      throw new Error(
        "server.handleUpgrade() was called more than once with the same socket, possibly due to a misconfiguration",
      );
    }
    if (this.#state !== "running") {
      abort(socket, 503);
      return;
    }
    // Outside of what follows: an error of the application is its own, and whoever calls `handleUpgrade` may catch it and answer.
    const subprotocol = this.#chooseSubprotocol(request, req);
    (socket as Duplex & { [isTaken]?: true })[isTaken] = true;
    let accepted: AcceptedOpening;
    try {
      accepted = answerOpeningRequest(request, { subprotocol, extensions: this.#extensions });
    } catch (error) {
      // A subprotocol that was not offered, for example: RFC 6455 §4.2.2 forbids to answer with it.
      this.#failed(req, socket, error as Error);
      return;
    }
    const lines = headLines(accepted);
    this.emit("headers", lines, req);
    if (breaksLines(lines)) {
      this.#failed(req, socket, invalidLine());
      return;
    }
    socket.write(`${lines.concat("\r\n").join("\r\n")}`);
    socket.removeListener("error", destroyOnError);
    const Class = this.options.WebSocket as unknown as new (
      address: null,
      protocols: undefined,
      options: object,
    ) => WebSocket;
    const client = new Class(null, undefined, this.options) as InstanceType<Socket>;
    this.clients?.add(client);
    openAccepted(client, socket, head, accepted.agreement, this.#setup, this.#onClosed);
    callback(client, req);
  }

  #chooseSubprotocol({ subprotocols }: OpeningRequest, request: IncomingMessage): string | undefined {
    if (subprotocols.length === 0) return undefined;
    const { handleProtocols } = this.options;
    if (!handleProtocols) return subprotocols[0];
    const chosen: unknown = handleProtocols(new Set(subprotocols), request as InstanceType<Request>);
    if (!chosen) return undefined;
    if (!subprotocols.includes(chosen as string)) this.#warnOfSubprotocol(chosen);
    return chosen as string;
  }

  /** The client gets a 500. A fault in the program, but no reason to end it: what comes of it can depend on what a client offers. */
  #warnOfSubprotocol(chosen: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const what = typeof chosen === "string" ? "a subprotocol that the client has not offered" : "what is no string";
    process.emitWarning(`handleProtocols returned ${what}: it must return one of the set, or false`, {
      code: "HYBI_SUBPROTOCOL",
      detail: "Such clients are answered with 500 (RFC 6455 section 4.2.2). A promise is no answer either.",
    });
  }

  #clientClosed(client: InstanceType<Socket>): void {
    if (this.clients === undefined) return;
    this.clients.delete(client);
    if (this.#closesWithClients && this.clients.size === 0) process.nextTick(() => this.#emitClose());
  }

  #emitClose(): void {
    this.#state = "closed";
    this.emit("close");
  }

  /** The application is at fault, of which the client learns nothing. */
  #failed(request: IncomingMessage, socket: Duplex, error: Error): void {
    if (this.listenerCount("wsClientError") > 0) this.emit("wsClientError", error, socket, request);
    else abort(socket, 500);
  }

  #reject(request: IncomingMessage, socket: Duplex, code: number, error: Error, headers: OutgoingHttpHeaders): void {
    if (this.listenerCount("wsClientError") > 0) {
      this.emit("wsClientError", error, socket, request);
      return;
    }
    abort(socket, code, error.message, headers);
  }

  #listenTo(server: Server): void {
    const listeners: Record<string, (...values: never[]) => void> = {
      listening: () => this.emit("listening"),
      error: (error: Error) => this.emit("error", error),
      upgrade: (request: InstanceType<Request>, socket: Duplex, head: Buffer) => {
        this.handleUpgrade(request, socket, head, (client, of) => this.emit("connection", client, of));
      },
    };
    for (const [event, listener] of Object.entries(listeners)) server.on(event, listener as never);
    this.#removeListeners = () => {
      for (const [event, listener] of Object.entries(listeners)) server.removeListener(event, listener as never);
    };
  }
}

/** `ws` takes such requests, and they harm nobody. */
const tolerate = ["non-canonical-key"] as const;

function requestHead(request: IncomingMessage, isDraft: boolean): RequestHead {
  // Programs that pass a request of their own making have no raw headers, and often no Host: no HTTP server has asked for it.
  const {
    rawHeaders = Object.entries({ host: "localhost", ...request.headers })
      .flat()
      .map(String),
  } = request;
  const { httpVersionMinor = 1 } = request;
  const fields: FieldLine[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    const isVersion = isDraft && name.toLowerCase() === "sec-websocket-version";
    fields.push([name, isVersion ? "13" : rawHeaders[at + 1]!]);
  }
  return { method: request.method ?? "", target: request.url ?? "", minorVersion: httpVersionMinor, fields };
}

function headLines({ head }: AcceptedOpening): string[] {
  const { status, reasonPhrase, fields } = head;
  return [`HTTP/1.1 ${status} ${reasonPhrase}`, ...fields.map(([name, value]) => `${name}: ${value}`)];
}

/**
 * Listeners of `headers` and `verifyClient` may add lines, but no line may be two (RFC 9112 §2.2). It may have what a client has sent, so
 * that it is no reason to end the process.
 */
function breaksLines(lines: readonly string[]): boolean {
  return lines.some((line) => /[\r\n\0]/.test(line));
}

function invalidLine(): TypeError {
  return new TypeError("Invalid character in a header line");
}

function fieldLines(headers: OutgoingHttpHeaders | null | undefined): string[] {
  return Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
}

function answerWithoutUpgrade(_request: IncomingMessage, response: import("node:http").ServerResponse): void {
  const body = STATUS_CODES[426]!;
  // RFC 9110 §15.5.22: a 426 MUST name the protocol in Upgrade.
  response.writeHead(426, {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Content-Length": body.length,
    "Content-Type": "text/plain",
  });
  response.end(body);
}

/** Answers with an HTTP response, and ends the connection. */
function abort(
  socket: Duplex,
  code: number,
  message: string = STATUS_CODES[code] ?? "",
  headers: OutgoingHttpHeaders = {},
): void {
  const required: OutgoingHttpHeaders =
    code === 426 ? { Connection: "Upgrade, close", Upgrade: "websocket" } : { Connection: "close" };
  const body = String(message);
  const all = {
    ...required,
    "Content-Type": "text/html",
    "Content-Length": new TextEncoder().encode(body).length,
    ...headers,
  };
  const lines = fieldLines(all);
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ""}\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
}

function destroyOnError(this: Duplex): void {
  this.destroy();
}
