/**
 * Typical uses of `ws`, which must compile with its types and with ours: `tsconfig.test.json` resolves "ws" to the package of that name,
 * `tsconfig.hybi.json` to this one.
 */
import {
  type Agent,
  type ClientRequest,
  type ClientRequestArgs,
  createServer,
  type Server as HttpServer,
  IncomingMessage,
} from "node:http";
import type { Server as SecureServer } from "node:https";
import { connect, createConnection } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContextOptions } from "node:tls";
import WebSocket, {
  type AddressInfo,
  type CertMeta,
  type ClientOptions,
  type CloseEvent,
  createWebSocketStream,
  type Data,
  type ErrorEvent,
  type Event,
  type EventListenerOptions,
  type FinishRequestCallback,
  type MessageEvent,
  type PerMessageDeflateOptions,
  type RawData,
  type Server,
  type ServerOptions,
  type VerifyClientCallbackAsync,
  type VerifyClientCallbackSync,
  WebSocketServer,
} from "ws";

class Mine extends WebSocket {
  isAlive = true;
}

export function client(address: string | URL): WebSocket {
  const options: WebSocket.ClientOptions = {
    followRedirects: true,
    handshakeTimeout: 1000,
    headers: { Cookie: "a=b" },
    maxPayload: 10,
    origin: "http://a",
    perMessageDeflate: { threshold: 10, zlibDeflateOptions: { level: 3 } },
    rejectUnauthorized: false,
  };
  const socket = new WebSocket(address, ["chat"], options);
  socket.on("open", () => socket.send("text", (error?: Error) => error?.message));
  socket.on("message", (data: RawData, isBinary) => [data.toString(), isBinary satisfies boolean]);
  socket.on("close", function (code, reason) {
    this.terminate();
    return [code.toFixed(), reason.toString("utf8")];
  });
  socket.once("unexpected-response", (request, response) => [request.path, response.statusCode]);
  socket.on("upgrade", ({ headers }) => headers["set-cookie"]);
  socket.onmessage = ({ data, target }) => [data, target.url];
  socket.onclose = (event: WebSocket.CloseEvent) => [event.code, event.reason, event.wasClean];
  socket.onerror = (event: WebSocket.ErrorEvent) => [event.error, event.message];
  socket.addEventListener("message", (event: WebSocket.MessageEvent) => event.data, { once: true });
  socket.ping("a", true, () => {});
  socket.binaryType = "arraybuffer";
  const state: 0 | 1 | 2 | 3 = socket.readyState;
  if (state === WebSocket.OPEN) socket.send(new Uint8Array(1), { binary: true, compress: false, fin: true }, () => {});
  const duplex: Duplex = createWebSocketStream(socket, { encoding: "utf8" });
  duplex.end();
  return socket;
}

export function server(options: WebSocket.ServerOptions): WebSocketServer {
  const verifyClient: WebSocket.VerifyClientCallbackAsync = (info, callback) => {
    callback(info.secure, 401, info.origin, { "X-Why": info.req.url });
  };
  const wss = new WebSocketServer({
    ...options,
    verifyClient,
    handleProtocols: (protocols) => protocols.has("a") && "a",
  });
  wss.on("connection", (socket, request: IncomingMessage) => {
    socket.send(request.url ?? "");
    for (const other of wss.clients) if (other !== socket && other.readyState === WebSocket.OPEN) other.send([1, 2]);
  });
  wss.on("headers", (headers, request) => headers.push(`X-Url: ${request.url}`));
  wss.on("wsClientError", (error, socket, request) => [error.message, socket.destroyed, request.url]);
  wss.handleUpgrade({} as IncomingMessage, {} as Duplex, Buffer.alloc(0), (socket, request) => {
    wss.emit("connection", socket, request);
  });
  const own = new WebSocketServer({ noServer: true, WebSocket: Mine });
  own.on("connection", (socket) => socket.isAlive satisfies boolean);
  const address = wss.address();
  if (address !== null && typeof address !== "string") address.port.toFixed();
  wss.close((error) => error?.message);
  return wss;
}

// Every exported name, every option, and every event.

export interface Names {
  sync: VerifyClientCallbackSync;
  async: VerifyClientCallbackAsync<Asked>;
  finish: FinishRequestCallback;
  all: [AddressInfo, CertMeta, ClientOptions, Data, EventListenerOptions, PerMessageDeflateOptions, RawData];
  events: [Event, CloseEvent, ErrorEvent, MessageEvent];
  servers: [Server, Server<typeof Mine, typeof Asked>, WebSocketServer, ServerOptions<typeof Mine, typeof Asked>];
  within: [
    ...[WebSocket.AddressInfo, WebSocket.CertMeta, WebSocket.Data, WebSocket.Event, WebSocket.EventListenerOptions],
    ...[WebSocket.FinishRequestCallback, WebSocket.PerMessageDeflateOptions, WebSocket.RawData],
    ...[WebSocket.WebSocketEventMap, WebSocket.VerifyClientCallbackSync<Asked>, WebSocket.VerifyClientCallbackAsync],
  ];
}

class Asked extends IncomingMessage {
  user?: string;
}

export const deflate: Required<PerMessageDeflateOptions> = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 10,
  clientMaxWindowBits: 10,
  zlibDeflateOptions: {
    ...{ flush: 0, finishFlush: 0, chunkSize: 1024, windowBits: 15, level: 3, memLevel: 8, strategy: 0 },
    ...{ dictionary: [Buffer.alloc(1)], info: false },
  },
  zlibInflateOptions: { chunkSize: 1024 },
  threshold: 10,
  concurrencyLimit: 10,
};

export function clients(agent: Agent, context: SecureContextOptions): WebSocket[] {
  const options: ClientOptions = {
    ...context,
    ...{ protocol: "a", host: "a", family: 6, localAddress: "127.0.0.1", origin: "http://a", protocolVersion: 13 },
    ...{ followRedirects: true, maxRedirects: 1, handshakeTimeout: 1, rejectUnauthorized: true, autoPong: false },
    ...{ allowSynchronousEvents: false, maxPayload: 1, maxBufferedChunks: 1, maxFragments: 1 },
    ...{ skipUTF8Validation: true, agent, headers: { a: "b" }, perMessageDeflate: deflate },
    checkServerIdentity: (name, certificate) => name.length > 0 && certificate.length > 0,
    createConnection,
    finishRequest: (request, socket) => {
      request.setHeader("a", socket.url);
      request.end();
    },
    generateMask: (mask) => mask.fill(1),
  };
  const ofNode: ClientRequestArgs = { timeout: 1, auth: "a:b" };
  return [
    ...[new WebSocket(null), new WebSocket("ws://a"), new WebSocket(new URL("ws://a")), new WebSocket("", options)],
    ...[new WebSocket("", ofNode), new WebSocket("", "a"), new WebSocket("", ["a"], ofNode)],
    new WebSocket("", undefined, { ...options, createConnection: connect }),
  ];
}

export function everySend(socket: WebSocket, any: never): void {
  for (const data of ["", 1, new ArrayBuffer(1), new SharedArrayBuffer(1), new DataView(new ArrayBuffer(1)), [1]]) {
    socket.send(data);
  }
  socket.send(new Float32Array(1), { mask: true, binary: true, compress: true, fin: true });
  socket.send(new Blob([]));
  socket.send(any as { valueOf(): ArrayBuffer });
  socket.send(any as { valueOf(): SharedArrayBuffer });
  socket.send(any as { valueOf(): Uint8Array });
  socket.send(any as { valueOf(): readonly number[] });
  socket.send(any as { valueOf(): string });
  socket.send(any as { [Symbol.toPrimitive](hint: string): string });
  // @ts-expect-error what Buffer.from does not take
  socket.send({ hello: "world" });
  socket.send("", (error) => error?.message);
  socket.send("", {}, (error?: Error) => error?.message);
  socket.ping();
  socket.ping(Buffer.alloc(1), false, (error: Error) => error);
  socket.pong("a", true, (error: Error) => error);
  socket.close();
  socket.close(1000, Buffer.alloc(1));
}

export function everyEvent(socket: WebSocket): void {
  type Response = IncomingMessage;
  for (const how of ["on", "once", "off", "addListener", "removeListener"] as const) {
    const names: "on" = how as "on";
    socket[names]("open", () => {})[names]("error", (error) => error.message);
    socket[names]("message", (data, isBinary) => [data satisfies RawData, isBinary satisfies boolean]);
    socket[names]("close", (code, reason) => [code.toFixed(), reason satisfies Buffer]);
    socket[names]("ping", (data) => data satisfies Buffer)[names]("pong", (data) => data satisfies Buffer);
    socket[names]("upgrade", (response) => response satisfies Response);
    socket[names]("redirect", (url, request) => [url satisfies string, request satisfies ClientRequest]);
    socket[names]("unexpected-response", (request, response) => [request satisfies ClientRequest, response.statusCode]);
    socket[names]("mine", (...values) => values)[names](Symbol("mine"), (value: number) => value);
  }
  const listener: Parameters<typeof socket.once>[1] = () => {};
  socket.off("", listener);
}

export function everyListener(socket: WebSocket): void {
  const handler = { handleEvent: (event: MessageEvent): Data => event.data };
  socket.addEventListener("message", handler);
  socket.removeEventListener("message", handler);
  socket.addEventListener("open", ({ type, target }) => [type, target.url]);
  socket.addEventListener("close", ({ code, reason, wasClean }) => [code.toFixed(), reason, wasClean], { once: true });
  socket.addEventListener("error", ({ error, message }) => [error.code, message]);
  socket.addEventListener("open" as keyof WebSocket.WebSocketEventMap, (event) => event.type);
  // @ts-expect-error no event of this half
  socket.addEventListener("ping", () => {});
  // @ts-expect-error no event of this half
  socket.removeEventListener("other", () => {});
  socket.onopen = (event: Event) => event.target;
  socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
}

export function everyProperty(socket: WebSocket): void {
  // @ts-expect-error read only
  socket.readyState = socket.OPEN;
  const values: [number, string, string, string, boolean] = [
    ...([socket.bufferedAmount, socket.extensions, socket.protocol, socket.url, socket.isPaused] as const),
  ];
  for (const type of ["nodebuffer", "arraybuffer", "fragments"] as const) socket.binaryType = type;
  // @ts-expect-error none of the types
  socket.binaryType = "bytes";
  // @ts-expect-error read only
  socket.OPEN = 1;
  // @ts-expect-error read only
  socket.bufferedAmount = values[0];
  // @ts-expect-error read only
  socket.isPaused = true;
  socket.pause();
  socket.resume();
}

export function everyState(socket: WebSocket): string | undefined {
  switch (socket.readyState) {
    case socket.CONNECTING:
      return socket.url satisfies string;
    case WebSocket.OPEN:
    case socket.CLOSING:
    case WebSocket.CLOSED:
      return undefined;
    default:
      return socket.readyState satisfies never;
  }
}

export function servers(plain: HttpServer<typeof Asked>, secure: SecureServer): void {
  new WebSocketServer({ server: secure });
  new WebSocketServer({ server: createServer() }, () => {});
  const verify: VerifyClientCallbackSync<Asked> = ({ origin, secure, req }) => [origin, secure, req.user].length > 0;
  const options: Required<Omit<ServerOptions<typeof Mine, typeof Asked>, "port" | "noServer" | "closeTimeout">> = {
    ...{ host: "a", backlog: 1, server: plain, path: "/", clientTracking: true, perMessageDeflate: deflate },
    ...{ allowSynchronousEvents: true, autoPong: true, maxPayload: 1, maxBufferedChunks: 1, maxFragments: 1 },
    ...{ skipUTF8Validation: true, WebSocket: Mine },
    verifyClient: verify,
    handleProtocols: (protocols, request) => request.user !== undefined && [...protocols].join(),
  };
  const wss = new WebSocketServer(options);
  for (const how of ["on", "once", "off", "addListener", "removeListener"] as const) {
    const names: "on" = how as "on";
    wss[names]("connection", (socket, request) => [socket.isAlive satisfies boolean, request.user])[names](
      "mine",
      () => {},
    );
    wss[names]("headers", (headers, request) => [headers satisfies string[], request.user]);
    wss[names]("wsClientError", (error, socket, request) => [error.message, socket.destroyed, request.user]);
    wss[names]("error", (error) => error.message)
      [names]("close", () => {})
      [names]("listening", () => {});
  }
  for (const { isAlive } of wss.clients) isAlive satisfies boolean;
  wss.options.handleProtocols = () => false;
  wss.path = "/other";
  wss.clients = new Set();
  plain.on("upgrade", (request, socket, head) => {
    if (wss.shouldHandle(request))
      wss.handleUpgrade(request, socket, head, (client, { user }) => [client.isAlive, user]);
  });
  const inferred = new WebSocketServer({ WebSocket: Mine, server: plain });
  inferred.once("connection", (socket, { user }) => [socket.isAlive, user]);
  wss.close();
}
