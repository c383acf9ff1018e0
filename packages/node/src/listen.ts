/** A standalone server over TCP, TLS or a Unix socket, on which every connection must begin with an opening handshake. */
import { type AddressInfo, createServer as createTcpServer, type Server as NetServer, type Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import {
  type ListenOptions as AnyListenOptions,
  checkListenOptions,
  createListeningServer,
  type Listener,
  type ListeningServer,
  type OpeningHandler,
  type TransportInfo,
} from "@hybi/websocket";
import { NodeTransport } from "./node-transport.ts";
import { createSecureServer } from "./secure-server.ts";
import { serverTlsCheck } from "./transport-options.ts";
import { WebSocketServer } from "./websocket-server.ts";

/** Options of `listen()`. Without `host`, the server listens on all addresses of the machine. */
export interface ListenOptions extends AnyListenOptions {
  /** Makes this a wss server: certificate, private key and other options of node:tls. */
  readonly tls?: TlsOptions | undefined;
}

/** A listening server. */
export type Server = ListeningServer;

/**
 * Starts a server and calls `handler` with each valid opening request, which it accepts or rejects. Resolves once the server is
 * listening.
 *
 * @example
 * const server = await listen((opening) => {
 *   const socket = opening.accept();
 *   socket.onmessage = ({ data }) => socket.send(data);
 * }, { port: 8080 });
 */
export async function listen(handler: OpeningHandler, options: ListenOptions = {}): Promise<Server> {
  checkListenOptions(options, serverTlsCheck);
  const { port = 0, host, path, tls, ...rest } = options;
  const secure = tls !== undefined;
  const sockets = new WebSocketServer(handler, rest);
  const infoOf = ({ remoteAddress }: Socket): TransportInfo => ({ secure, remoteAddress });
  const connection = (socket: Socket): void => sockets.receive(new NodeTransport(socket), infoOf(socket));
  const { server, drop } =
    tls === undefined
      ? { server: createTcpServer({ allowHalfOpen: true, noDelay: true }, connection) }
      : createSecureServer(tls, options, {
          admit: (socket, drop) => sockets.admit(drop, infoOf(socket)),
          connection(socket, pending) {
            if (pending === undefined) connection(socket);
            else pending.receive(new NodeTransport(socket));
          },
          failed: (error) => sockets.failed({ error }, { secure: true }),
        });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // Node prefers `port`, even 0, to `path`.
    server.listen(path === undefined ? { port, host } : { path }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  // The error concerns a connection that could not be accepted, not the server, which keeps listening.
  server.on("error", (error) => sockets.reportError(error));
  return createListeningServer(sockets, {
    secure,
    address: addressOf(server),
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
    ...(drop !== undefined && { drop }),
  });
}

function addressOf(server: NetServer): Listener["address"] {
  const address = server.address() as AddressInfo | string;
  return typeof address === "string" ? undefined : { host: address.address, port: address.port };
}
