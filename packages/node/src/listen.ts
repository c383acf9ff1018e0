/** A server of its own: TCP or TLS, where every connection is an opening handshake. */
import { type AddressInfo, createServer as createTcpServer, type Server as NetServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import type { BroadcastOptions, OpeningHandler, Sendable, ShutdownOptions } from "@hybi/websocket";
import { NodeTransport } from "./node-transport.ts";
import type { WebSocket } from "./websocket-classes.ts";
import { type ServerOptions, WebSocketServer } from "./websocket-server.ts";

/** Where to listen, and how to treat who comes. */
export interface ListenOptions extends ServerOptions {
  /** 0, the default, takes a free one: see `Server.port`. */
  readonly port?: number | undefined;
  /** The address to listen on; all of them when left out. */
  readonly host?: string | undefined;
  /** A Unix socket or named pipe, in place of a port. */
  readonly path?: string | undefined;
  /** Makes it a server for wss: certificate, key and the like. */
  readonly tls?: TlsOptions | undefined;
}

/** A server that listens. */
export interface Server {
  readonly port: number;
  /** For a client on this machine: `ws://127.0.0.1:8080/`, or wss. */
  readonly url: string;
  /** The open sockets, streams not among them. */
  readonly sockets: ReadonlySet<WebSocket>;
  /** Connections, streams included, and openings that are under way. */
  readonly connections: number;
  /** Sends a message to all open sockets; see `WebSocketServer.broadcast`. */
  broadcast(data: Exclude<Sendable, Blob>, options?: BroadcastOptions): number;
  /** Stops listening, closes every connection with 1001, and resolves when all have ended. */
  close(options?: ShutdownOptions): Promise<void>;
}

/** As `Deadlines` has it for "opening". */
const defaultOpening = 10_000;

/**
 * Listens, and calls `handler` with each valid opening request, to be accepted or rejected. Resolves when it listens.
 *
 * @example
 * const server = await listen({ port: 8080 }, (opening) => {
 *   const socket = opening.accept();
 *   socket.onmessage = ({ data }) => socket.send(data);
 * });
 */
export async function listen(options: ListenOptions, handler: OpeningHandler): Promise<Server> {
  const { port = 0, host, path, tls, ...rest } = options;
  const sockets = new WebSocketServer(handler, rest);
  const server = createServer(options, (socket) => {
    sockets.receive(new NodeTransport(socket), { secure: tls !== undefined, remoteAddress: socket.remoteAddress });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // Node prefers a port, even 0, to a path.
    server.listen(path === undefined ? { port, host } : { path }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  // A connection that could not be accepted is nobody's yet; the server goes on.
  server.on("error", (error) => options.onError?.(error));

  const address = server.address();
  const actualPort = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port: actualPort,
    url: `${tls === undefined ? "ws" : "wss"}://${urlHost(address)}:${actualPort}/`,
    sockets: sockets.sockets,
    get connections() {
      return sockets.connections;
    },
    broadcast: (data, broadcastOptions) => sockets.broadcast(data, broadcastOptions),
    async close(shutdown) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await sockets.close(shutdown);
      await closed;
    },
  };
}

function createServer(options: ListenOptions, connection: (socket: Socket) => void): NetServer {
  if (options.tls === undefined) return createTcpServer({ allowHalfOpen: true, noDelay: true }, connection);
  const opening = Math.min(options.deadlines?.opening ?? defaultOpening, 0x7fff_ffff);
  const server = createTlsServer(
    // Not half open: RFC 5246 §7.2.1 has an endpoint answer a close_notify at once, and a client that hangs up in the
    // middle of the TLS handshake would otherwise stay until it is over.
    { ALPNProtocols: ["http/1.1"], handshakeTimeout: opening, ...options.tls, allowHalfOpen: false, noDelay: true },
    connection,
  );
  server.on("tlsClientError", (error, socket) => {
    // Node leaves it open: half open, it would stay so until the client goes away.
    socket.destroy();
    options.onFailure?.({ error }, { secure: true });
  });
  return server;
}

function urlHost(address: AddressInfo | string | null): string {
  if (address === null || typeof address === "string") return "localhost";
  if (address.address === "::" || address.address === "0.0.0.0") return "127.0.0.1";
  return address.family === "IPv6" ? `[${address.address}]` : address.address;
}
