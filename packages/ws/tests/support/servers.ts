/** Servers on free ports of the loopback, and peers that write bytes. */

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer as createPlainServer, type Socket } from "node:net";
import { type ReadFrame, readFrames } from "@hybi/testing/wire";
import { type ServerOptions, WebSocket, WebSocketServer } from "@hybi/ws";
import { afterEach } from "vitest";

const ends: (() => unknown)[] = [];

/** Runs `end` after the test. */
export function afterTest(end: () => unknown): void {
  ends.push(end);
}

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

export function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}

/** A server whose sockets send each message back, unless `connected` does something else. */
export async function serve(
  options: ServerOptions = {},
  connected: (socket: WebSocket, request: IncomingMessage) => void = echo,
): Promise<{ readonly server: WebSocketServer; readonly url: string }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  server.on("connection", connected);
  afterTest(() => {
    for (const client of server.clients ?? []) client.terminate();
    server.close();
  });
  await once(server, "listening");
  return { server, url: `ws://127.0.0.1:${portOf(server)}` };
}

function echo(socket: WebSocket): void {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
}

/** A client that is open. */
export async function open(
  address: string | URL,
  protocols?: string | string[] | WebSocket.ClientOptions,
  options?: WebSocket.ClientOptions,
): Promise<WebSocket> {
  const socket = new WebSocket(address, protocols as string[], options);
  afterTest(() => socket.terminate());
  await once(socket, "open");
  return socket;
}

/** A raw server that accepts each request, and then does what `script` does. */
export async function rawServer(
  script: (socket: Socket, head: string) => void,
  answer: (key: string, head: string) => string = accept,
): Promise<string> {
  const server = createPlainServer((socket) => {
    socket.on("error", () => {});
    let head = "";
    const read = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.removeListener("data", read);
      const key = /^sec-websocket-key: (.*)$/im.exec(head)?.[1] ?? "";
      socket.write(answer(key.trim(), head));
      script(socket, head);
    };
    socket.on("data", read);
    afterTest(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  afterTest(() => server.close());
  await once(server, "listening");
  return `ws://127.0.0.1:${portOf(server)}`;
}

export function accept(key: string): string {
  const value = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${value}\r\n\r\n`;
}

/** A raw client. `request` may change the fields of the request; a field that is undefined is left out. */
export async function rawClient(
  url: string,
  changes: Record<string, string | undefined> = {},
  startLine = "GET / HTTP/1.1",
  behind: Uint8Array = new Uint8Array(0),
): Promise<{
  readonly socket: Socket;
  readonly head: string;
  readonly status: number;
  readonly frames: () => ReadFrame[];
}> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => {});
  afterTest(() => socket.destroy());
  await once(socket, "connect");
  const fields = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    ...changes,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  socket.write(Buffer.concat([Buffer.from(`${[startLine, ...lines].join("\r\n")}\r\n\r\n`), behind]));
  let bytes = Buffer.alloc(0);
  let end = -1;
  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
  });
  while (end < 0) {
    await Promise.race([once(socket, "data"), once(socket, "close")]);
    end = bytes.indexOf("\r\n\r\n");
    if (socket.closed) break;
  }
  const head = bytes.subarray(0, end < 0 ? 0 : end + 4).toString("latin1");
  const status = Number(head.split(" ")[1]);
  return { socket, head, status, frames: () => readFrames(new Uint8Array(bytes.subarray(end + 4))) };
}

/** An HTTP server of the application. */
export async function httpServer(): Promise<ReturnType<typeof createServer>> {
  const server = createServer((_request, response) => response.end("page"));
  server.listen(0, "127.0.0.1");
  afterTest(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return server;
}
