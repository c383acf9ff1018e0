/** A server of its own: TCP or TLS, where every connection is an opening handshake. */
import { type AddressInfo, createServer as createTcpServer, type Server as NetServer, type Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import {
  type ListenOptions as AnyListenOptions,
  checkListenOptions,
  type Listener,
  type ListeningServer,
  listeningServer,
  type OpeningHandler,
  type TransportInfo,
} from "@hybi/websocket";
import { NodeTransport } from "./node-transport.ts";
import { createSecureServer } from "./secure-server.ts";
import { serverTlsCheck } from "./transport-options.ts";
import { WebSocketServer } from "./websocket-server.ts";

/** Where to listen, and how to treat who comes. Without `host`, all addresses of the machine. */
export interface ListenOptions extends AnyListenOptions {
  /** Makes it a server for wss: certificate, key and the like. */
  readonly tls?: TlsOptions | undefined;
}

/** A server that listens. */
export type Server = ListeningServer;

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
    // Node prefers a port, even 0, to a path.
    server.listen(path === undefined ? { port, host } : { path }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  // A connection that could not be accepted is nobody's yet; the server goes on.
  server.on("error", (error) => sockets.reportError(error));
  return listeningServer(sockets, {
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
