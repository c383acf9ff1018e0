/** A standalone server over TCP, TLS or a Unix socket, on which every connection must begin with an opening handshake. */
import { type OptionCheck, takes, UsageError } from "@hybi/core";
import {
  type ListenOptions as AnyListenOptions,
  checkListenOptions,
  createListeningServer,
  type ListeningServer,
  type OpeningHandler,
  WebSocketServer,
} from "@hybi/websocket";
import { BunTransport, socketHandlers } from "./bun-transport.ts";
import { memoryBudgetOf } from "./memory.ts";

/** Options of `listen()`. Without `host`, the server listens on all IPv4 addresses of the machine. */
export interface ListenOptions extends AnyListenOptions {
  /** Makes this a wss server: certificate and private key, both in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** A listening server. */
export type Server = ListeningServer;

const tlsChecks = takes.options({ cert: takes.text, key: takes.text });

const tlsCheck: OptionCheck = (value, path) => {
  tlsChecks(value, path);
  const { cert, key } = value as { cert?: string; key?: string };
  if (cert === undefined || key === undefined) throw new UsageError("option/type", `${path} takes a cert and its key.`);
};

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
  checkListenOptions(options, tlsCheck);
  const { port = 0, host: hostname = "0.0.0.0", path, tls, ...rest } = options;
  const memoryBudget = memoryBudgetOf(rest.memoryBudget, rest.clock);
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
      // Without a `handshake` handler Bun calls `open` only after TLS completes, so a client that stalls in TLS would never
      // time out.
      ...(secure && { handshake() {} }),
    },
  };
  const listener: { readonly port?: number; readonly hostname?: string; stop(): void } =
    path === undefined
      ? Bun.listen({ port, hostname, ...socketOptions })
      : Bun.listen({ unix: path, ...socketOptions });
  return createListeningServer(sockets, {
    secure,
    address: path === undefined ? { host: listener.hostname ?? hostname, port: listener.port ?? port } : undefined,
    stop: () => listener.stop(),
  });
}
