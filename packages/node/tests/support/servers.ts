/** Servers for one test each, closed when it is over. */
import { once } from "node:events";
import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import * as net from "node:net";
import { type ListenOptions, listen, type Peer, type PeerHandler, type Server } from "@hybi/node";
import { onTestFinished } from "vitest";
import { WebSocketServer, type ServerOptions as WsServerOptions } from "ws";

export const host = "127.0.0.1";

/** Sends back what it is sent. */
export async function echo(peer: Peer): Promise<void> {
  for await (const event of peer) {
    if (event.type === "text") peer.sendText(event.data);
    if (event.type === "binary") peer.sendBinary(event.data);
    await peer.drained();
  }
}

export async function openServer(handler: PeerHandler = echo, options: ListenOptions = {}): Promise<Server> {
  const server = await listen({ host, ...options }, handler);
  onTestFinished(async () => {
    for (const peer of server.peers) peer.abort();
    await server.close();
  });
  return server;
}

/** A server and the peers that come to it, one by one. */
export async function openServerOfPeers(options: ListenOptions = {}): Promise<Server & { nextPeer(): Promise<Peer> }> {
  const arrived: Peer[] = [];
  const awaited: ((peer: Peer) => void)[] = [];
  const server = await openServer((peer) => {
    const resolve = awaited.shift();
    if (resolve === undefined) arrived.push(peer);
    else resolve(peer);
  }, options);
  const nextPeer = (): Promise<Peer> => {
    const peer = arrived.shift();
    return peer === undefined ? new Promise((resolve) => awaited.push(resolve)) : Promise.resolve(peer);
  };
  return Object.assign(server, { nextPeer });
}

/** The stock `ws` server. */
export async function openWsServer(options: WsServerOptions = {}): Promise<{ url: string; server: WebSocketServer }> {
  const server = new WebSocketServer({ host, port: 0, ...options });
  await once(server, "listening");
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { url: `ws://${host}:${(server.address() as net.AddressInfo).port}/`, server };
}

export async function openHttpServer(listener?: RequestListener): Promise<{ port: number; server: HttpServer }> {
  const server = createServer(listener);
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

/** A TCP server that does with its connections what the test wants. */
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
