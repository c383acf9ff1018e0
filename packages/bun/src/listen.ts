/** How a server listens: over TCP, TLS or a Unix socket. */
import type { Listener, ListenOptions, WebSocketServer } from "@hybi/websocket";
import type { TlsServerOptions } from "./options.ts";
import { BunTransport, socketHandlers } from "./transport.ts";
import { BunTransportInfo } from "./transport-info.ts";

/** Starts to listen, and passes each connection to `server`. */
export function openListener(server: WebSocketServer, options: ListenOptions<TlsServerOptions>): Listener {
  const { port = 0, host: hostname = "0.0.0.0", path, tls } = options;
  const secure = tls !== undefined;
  const socketOptions: Bun.SocketOptions<BunTransport | undefined> & { tls?: Bun.TLSOptions } = {
    allowHalfOpen: true,
    ...(tls !== undefined && { tls: { cert: tls.cert, key: tls.key, ALPNProtocols: "http/1.1" } }),
    socket: {
      ...socketHandlers,
      open(socket) {
        socket.data = new BunTransport(socket);
        server.receive(socket.data, new BunTransportInfo(socket, secure));
      },
      // Without a `handshake` handler Bun calls `open` only after TLS completes, so a client that stalls in TLS would never
      // time out.
      ...(secure && { handshake() {} }),
    },
  };
  const listener: { readonly port?: number; readonly hostname?: string; stop(): void; ref(): void; unref(): void } =
    path === undefined
      ? Bun.listen({ port, hostname, ...socketOptions })
      : Bun.listen({ unix: path, ...socketOptions });
  return {
    address: path === undefined ? { host: listener.hostname ?? hostname, port: listener.port ?? port } : undefined,
    stop: () => listener.stop(),
    ref: () => listener.ref(),
    unref: () => listener.unref(),
  };
}
