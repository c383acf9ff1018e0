/** Servers with the interface of `ws`: of `ws`, in any runtime, and of what stands in its place. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type * as ws from "ws";
import { address, type ServerOptions } from "./server-options.ts";

// By its path, because Bun replaces the name "ws" by a server of its own, and with `require`, which Deno needs for its parts.
const path = fileURLToPath(new URL("../node_modules/ws/index.js", import.meta.url));
const original: Implementation = createRequire(import.meta.url)(path);

/** A package with the interface of `ws`. */
export type Implementation = Pick<typeof ws, "WebSocketServer">;

/** Starts an echo server and returns its port. `asString` makes a string of text, which is what handlers of hybi get. */
export async function startWs(
  { tls, deflate, ping }: ServerOptions,
  asString: boolean,
  certificate: { readonly cert: string; readonly key: string } | undefined,
  { WebSocketServer }: Implementation = original,
): Promise<{ readonly port: number; broadcast(data: string): void }> {
  const listener: Server = tls ? createSecureServer({ ...certificate }) : createServer();
  // Compresses from the length on from which ours does by default. That of `ws` is 1024, which would leave 200 B as they are.
  const perMessageDeflate = deflate && { threshold: 128 };
  const server = new WebSocketServer({ server: listener, perMessageDeflate });
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    if (asString) socket.on("message", (data, binary) => socket.send(binary ? data : data.toString()));
    else socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  if (ping > 0) keepAlive(server, ping);
  listener.listen({ host: address, port: 0, backlog: 4096 });
  await once(listener, "listening");
  return {
    port: (listener.address() as AddressInfo).port,
    broadcast: (data) => {
      // Encoded once for all: the fastest way there is.
      const bytes = Buffer.from(data);
      for (const client of server.clients) client.send(bytes, { binary: false });
    },
  };
}

/** The loop that the documentation of `ws` recommends. */
function keepAlive(server: ws.WebSocketServer, period: number): void {
  const alive = new WeakSet<ws.WebSocket>();
  server.on("connection", (socket) => {
    alive.add(socket);
    socket.on("pong", () => alive.add(socket));
  });
  setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, period);
}
