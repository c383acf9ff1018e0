/** Servers of each implementation over sockets without a connection. */
import type { IncomingMessage } from "node:http";
import { NodeTransport, nodeClock, nodeFunctions, type WebSocket, WebSocketServer } from "@hybi/node";
import * as ws from "ws";
import type { BareConnection } from "../bare/connection.ts";
import { BareServer } from "../bare/server.ts";
import type { SilentSocket } from "./silent-socket.ts";

export interface InProcessServer {
  /** Opens one more connection. */
  open(socket: SilentSocket): Promise<void>;
  /** Sends a text to all connections. */
  broadcast(text: string): void;
  /** Sends a text of its own to each connection. */
  sendEach(text: (index: number) => string): void;
}

const head = {
  upgrade: "websocket",
  connection: "Upgrade",
  host: "chat.example.com",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

const fields = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
const request = Buffer.from(`GET / HTTP/1.1\r\n${fields.join("")}\r\n`);

export function openServer(implementation: string): InProcessServer {
  if (implementation === "bare") return bareServer();
  return implementation.startsWith("ws") ? wsServer() : hybiServer();
}

function wsServer(): InProcessServer {
  const server = new ws.WebSocketServer({ noServer: true });
  const request = { method: "GET", url: "/", headers: head } as unknown as IncomingMessage;
  return {
    open: (socket) =>
      new Promise((resolve) => {
        server.handleUpgrade(request, socket, Buffer.alloc(0), (socket) => {
          server.clients.add(socket);
          socket.on("error", () => {});
          resolve();
        });
      }),
    broadcast: (text) => {
      // Encoded once for all: the fastest way there is.
      const bytes = Buffer.from(text);
      for (const client of server.clients) client.send(bytes, { binary: false });
    },
    sendEach: (text) => {
      let index = 0;
      for (const client of server.clients) client.send(text(index++));
    },
  };
}

function bareServer(): InProcessServer {
  const clients: BareConnection[] = [];
  const server = new BareServer({ binaryType: "bytes", ping: 0 }, (connection) => void clients.push(connection));
  return {
    open: async (socket) => {
      server.accept(socket);
      socket.push(Buffer.from(request));
      await new Promise((resolve) => setImmediate(resolve));
    },
    broadcast: (text) => server.broadcast(text),
    sendEach: (text) => {
      for (const [index, client] of clients.entries()) client.send(text(index));
    },
  };
}

function hybiServer(): InProcessServer {
  const runtime = { native: nodeFunctions, clock: nodeClock };
  const clients: WebSocket[] = [];
  let accepted = (): void => {};
  const server = new WebSocketServer(
    (opening) => {
      clients.push(opening.accept());
      accepted();
    },
    { runtime },
  );
  return {
    open: async (socket) => {
      const isAccepted = new Promise<void>((resolve) => {
        accepted = resolve;
      });
      server.receive(new NodeTransport(socket));
      socket.push(Buffer.from(request));
      await isAccepted;
      await new Promise((resolve) => setImmediate(resolve));
    },
    broadcast: (text) => void server.broadcast(text),
    sendEach: (text) => {
      for (const [index, client] of clients.entries()) client.send(text(index));
    },
  };
}
