/** How a server listens: over TCP, TLS or a Unix socket. */
import { type AddressInfo, createServer as createTcpServer, type Server as NetServer, type Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import type { Listener, ListenOptions, WebSocketServer } from "@hybi/websocket";
import { createSecureServer } from "./secure-server.ts";
import { NodeTransport } from "./transport.ts";
import { NodeTransportInfo } from "./transport-info.ts";

/** Starts to listen, and passes each connection to `server`. */
export async function openListener(server: WebSocketServer, options: ListenOptions<TlsOptions>): Promise<Listener> {
  const { port = 0, host, path, tls } = options;
  const connection = (socket: Socket): void => server.receive(new NodeTransport(socket), new NodeTransportInfo(socket));
  const { server: listener, drop } =
    tls === undefined
      ? { server: createTcpServer({ allowHalfOpen: true, noDelay: true }, connection) }
      : createSecureServer(tls, options, {
          admit: (socket, drop) => server.admit(drop, { secure: true, remoteAddress: socket.remoteAddress }),
          connection(socket, pending) {
            if (pending === undefined) connection(socket);
            else pending.receive(new NodeTransport(socket), new NodeTransportInfo(socket));
          },
          failed: (error) => server.failed({ kind: "transport", error }, { secure: true }),
        });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    // Node prefers `port`, even 0, to `path`.
    listener.listen(path === undefined ? { port, host } : { path }, () => {
      listener.off("error", reject);
      resolve();
    });
  });
  // The error concerns a connection that could not be accepted, not the server, which keeps listening.
  listener.on("error", (error) => server.reportError(error));
  let ended: Promise<void> | undefined;
  return {
    address: addressOf(listener),
    stop() {
      // The port is free at once; the callback waits for all connections.
      ended = new Promise((resolve) => listener.close(() => resolve()));
    },
    drop() {
      drop?.();
      return ended;
    },
    ref: () => void listener.ref(),
    unref: () => void listener.unref(),
  };
}

function addressOf(listener: NetServer): Listener["address"] {
  const address = listener.address() as AddressInfo | string;
  return typeof address === "string" ? undefined : { host: address.address, port: address.port };
}
