/** Servers for a single test, closed when the test ends. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  type Server as HttpServer,
  type ServerOptions as HttpServerOptions,
  type RequestListener,
} from "node:http";
import * as net from "node:net";
import type { OpeningAnswer, OpeningRequest } from "@hybi/core/opening";
import { type ConnectOptions, connect, type ListenOptions, listen, type Server } from "@hybi/node";
import { responseText } from "@hybi/testing/wire";
import type { IncomingOpening, OpeningHandler } from "@hybi/websocket";
import { onTestFinished } from "vitest";
import { WebSocketServer, type ServerOptions as WsServerOptions } from "ws";
import { Peer } from "./peer.ts";

export const host = "127.0.0.1";

/** Echoes every message. */
export function echo(opening: IncomingOpening): void {
  const socket = opening.accept();
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => socket.send(data);
}

export async function openServer(handler: OpeningHandler = echo, options: ListenOptions = {}): Promise<Server> {
  const server = await listen(handler, { host, ...options });
  onTestFinished(async () => {
    for (const socket of server.sockets) socket.terminate();
    await server.close({ timeout: 0 });
  });
  return server;
}

/** Opens a server whose accepted peers are handed out one by one. */
export async function openServerOfPeers(
  options: ListenOptions = {},
  answer: (request: OpeningRequest) => OpeningAnswer = () => ({}),
): Promise<Server & { nextPeer(): Promise<Peer>; requests: OpeningRequest[] }> {
  const arrived: Peer[] = [];
  const awaited: ((peer: Peer) => void)[] = [];
  const requests: OpeningRequest[] = [];
  const server = await openServer((opening) => {
    requests.push(opening.request);
    const peer = new Peer(opening.accept(answer(opening.request)));
    const resolve = awaited.shift();
    if (resolve === undefined) arrived.push(peer);
    else resolve(peer);
  }, options);
  const nextPeer = (): Promise<Peer> => {
    const peer = arrived.shift();
    return peer === undefined ? new Promise((resolve) => awaited.push(resolve)) : Promise.resolve(peer);
  };
  // Not Object.assign, which would evaluate the getters now.
  return Object.defineProperties(Object.create(server), {
    nextPeer: { value: nextPeer },
    requests: { value: requests },
  });
}

/** Opens a connection with our client. */
export async function openPeer(url: string | URL, options?: ConnectOptions): Promise<Peer> {
  return new Peer(await connect(url, options));
}

/** Opens a server of `ws`. */
export async function openWsServer(options: WsServerOptions = {}): Promise<{ url: string; server: WebSocketServer }> {
  const server = new WebSocketServer({ host, port: 0, ...options });
  await once(server, "listening");
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { url: `ws://${host}:${(server.address() as net.AddressInfo).port}/`, server };
}

export async function openHttpServer(
  listener?: RequestListener,
  options: HttpServerOptions = {},
): Promise<{ port: number; server: HttpServer }> {
  const server = createServer(options, listener);
  server.listen(0, host);
  await once(server, "listening");
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as net.AddressInfo).port, server };
}

/** Opens a TCP server whose connections are handled by the test. */
export async function openTcpServer(connection: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    connection(socket);
  });
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

/** Opens a hand-written server: `respond` is called with a valid response to the opening request, and may send anything. */
export async function openHandwrittenServer(respond: (socket: net.Socket, accepted: string) => void): Promise<string> {
  const port = await openTcpServer((socket) => {
    let head = "";
    socket.on("data", (chunk: Buffer) => {
      if (head.endsWith("\r\n\r\n")) return;
      head += chunk.toString("latin1");
      if (!head.endsWith("\r\n\r\n")) return;
      const key = /Sec-WebSocket-Key: (\S+)/.exec(head)?.[1];
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      respond(socket, responseText({ "Sec-WebSocket-Accept": accept }));
    });
  });
  return `ws://${host}:${port}/`;
}
