/** A server of its own: TCP, TLS or a Unix socket, where every connection is an opening handshake. */
import {
  type BroadcastOptions,
  type OpeningHandler,
  type Sendable,
  type ServerOptions,
  type ShutdownOptions,
  systemClock,
  type WebSocket,
  WebSocketServer,
} from "@hybi/websocket";
import { BunTransport, socketHandlers } from "./bun-transport.ts";

/** Where to listen, and how to treat who comes. */
export interface ListenOptions extends Omit<ServerOptions, "host"> {
  /** 0, the default, takes a free one: see `Server.port`. */
  readonly port?: number | undefined;
  /** The address to listen on; all IPv4 addresses when left out. */
  readonly host?: string | undefined;
  /** A Unix socket, in place of a port. */
  readonly path?: string | undefined;
  /** Makes it a server for wss. Both in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Takes what handlers of the application throw. Without it they are uncaught, as in an event listener. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A server that listens. */
export interface Server {
  /** 0 for a Unix socket. */
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
  const { port = 0, host: hostname = "0.0.0.0", path, tls, onError, clock = systemClock, ...rest } = options;
  const reporting = onError === undefined ? clock : { ...clock, reportError: onError };
  const server = new WebSocketServer(handler, { ...rest, clock: reporting });
  const secure = tls !== undefined;
  const socketOptions: Bun.SocketOptions<BunTransport | undefined> & { tls?: Bun.TLSOptions } = {
    allowHalfOpen: true,
    ...(tls !== undefined && { tls: { cert: tls.cert, key: tls.key, ALPNProtocols: "http/1.1" } }),
    socket: {
      ...socketHandlers,
      open(socket) {
        socket.data = new BunTransport(socket);
        server.receive(socket.data, { secure, remoteAddress: socket.remoteAddress });
      },
      // Were it not here, `open` would come after the TLS handshake only, and who never finishes it would stay for ever.
      ...(secure && { handshake() {} }),
    },
  };
  const listener: { readonly port?: number; readonly hostname?: string; stop(): void } =
    path === undefined
      ? Bun.listen({ port, hostname, ...socketOptions })
      : Bun.listen({ unix: path, ...socketOptions });
  const at = listener.port ?? 0;
  return {
    port: at,
    url: `${secure ? "wss" : "ws"}://${path === undefined ? urlHost(listener.hostname ?? hostname) : "localhost"}:${at}/`,
    sockets: server.sockets,
    get connections() {
      return server.connections;
    },
    broadcast: (data, broadcastOptions) => server.broadcast(data, broadcastOptions),
    close(shutdown) {
      listener.stop();
      return server.close(shutdown);
    },
  };
}

function urlHost(hostname: string): string {
  if (hostname === "0.0.0.0" || hostname === "::") return "127.0.0.1";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
