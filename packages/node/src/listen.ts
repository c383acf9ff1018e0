/** A server of its own: TCP or TLS, where every connection is an opening handshake. */
import { type AddressInfo, createServer as createTcpServer, type Server as NetServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import {
  type ListenOptions as AnyListenOptions,
  type Listener,
  type ListeningServer,
  listeningServer,
  type OpeningHandler,
} from "@hybi/websocket";
import { NodeTransport } from "./node-transport.ts";
import { WebSocketServer } from "./websocket-server.ts";

/** Where to listen, and how to treat who comes. Without `host`, all addresses of the machine. */
export interface ListenOptions extends AnyListenOptions {
  /** Makes it a server for wss: certificate, key and the like. */
  readonly tls?: TlsOptions | undefined;
}

/** A server that listens. */
export type Server = ListeningServer;

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
  const secure = tls !== undefined;
  const sockets = new WebSocketServer(handler, rest);
  const server = createServer(options, (socket) => {
    sockets.receive(new NodeTransport(socket), { secure, remoteAddress: socket.remoteAddress });
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
  return listeningServer(sockets, {
    secure,
    address: addressOf(server),
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}

function addressOf(server: NetServer): Listener["address"] {
  const address = server.address() as AddressInfo | string;
  return typeof address === "string" ? undefined : { host: address.address, port: address.port };
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
