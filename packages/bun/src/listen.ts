/** A server of its own: TCP, TLS or a Unix socket, where every connection is an opening handshake. */
import { type OptionCheck, takes, UsageError } from "@hybi/core";
import {
  type ListenOptions as AnyListenOptions,
  checkListenOptions,
  type ListeningServer,
  listeningServer,
  type OpeningHandler,
  WebSocketServer,
} from "@hybi/websocket";
import { BunTransport, socketHandlers } from "./bun-transport.ts";
import { defaultMemoryBudget } from "./memory.ts";

/** Where to listen, and how to treat who comes. Without `host`, all IPv4 addresses of the machine. */
export interface ListenOptions extends AnyListenOptions {
  /** Makes it a server for wss. Both in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** A server that listens. */
export type Server = ListeningServer;

const tlsChecks = takes.options({ cert: takes.text, key: takes.text });

const tlsCheck: OptionCheck = (value, path) => {
  tlsChecks(value, path);
  const { cert, key } = value as { cert?: string; key?: string };
  if (cert === undefined || key === undefined) throw new UsageError("option/type", `${path} takes a cert and its key.`);
};

/**
 * Listens, and calls `handler` with each opening request that is valid. Resolves when it listens.
 *
 * @example
 * const server = await listen({ port: 8080 }, (opening) => {
 *   const socket = opening.accept();
 *   socket.onmessage = ({ data }) => socket.send(data);
 * });
 */
export async function listen(options: ListenOptions, handler: OpeningHandler): Promise<Server> {
  checkListenOptions(options, tlsCheck);
  const { port = 0, host: hostname = "0.0.0.0", path, tls, ...rest } = options;
  const { memoryBudget = defaultMemoryBudget() } = rest;
  const sockets = new WebSocketServer(handler, { ...rest, memoryBudget });
  const secure = tls !== undefined;
  const socketOptions: Bun.SocketOptions<BunTransport | undefined> & { tls?: Bun.TLSOptions } = {
    allowHalfOpen: true,
    ...(tls !== undefined && { tls: { cert: tls.cert, key: tls.key, ALPNProtocols: "http/1.1" } }),
    socket: {
      ...socketHandlers,
      open(socket) {
        socket.data = new BunTransport(socket);
        sockets.receive(socket.data, { secure, remoteAddress: socket.remoteAddress });
      },
      // Were it not here, `open` would come after the TLS handshake only, and who never finishes it would stay for ever.
      ...(secure && { handshake() {} }),
    },
  };
  const listener: { readonly port?: number; readonly hostname?: string; stop(): void } =
    path === undefined
      ? Bun.listen({ port, hostname, ...socketOptions })
      : Bun.listen({ unix: path, ...socketOptions });
  return listeningServer(sockets, {
    secure,
    address: path === undefined ? { host: listener.hostname ?? hostname, port: listener.port ?? port } : undefined,
    stop: () => listener.stop(),
  });
}
