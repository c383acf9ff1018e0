/** How a server listens: over TCP, TLS or a Unix socket. */
import { UsageError } from "@hybi/core";
import type { Listener, ListenOptions, WebSocketServer } from "@hybi/websocket";
import type { TlsServerOptions } from "./options.ts";
import { DenoTransport } from "./transport.ts";
import { DenoTransportInfo } from "./transport-info.ts";

/** Starts to listen, and passes each connection to `server`. */
export function openListener(server: WebSocketServer, options: ListenOptions<TlsServerOptions>): Listener {
  const listener = listenerOf(options);
  const accepting = accept(listener, server, options.tls !== undefined);
  return {
    address: addressOf(listener),
    stop() {
      listener.close();
      // The port is free once the accept in progress has been cancelled.
      return accepting;
    },
    ref: () => listener.ref(),
    unref: () => listener.unref(),
  };
}

function addressOf({ addr }: Deno.Listener): Listener["address"] {
  return "hostname" in addr ? { host: addr.hostname, port: addr.port } : undefined;
}

function listenerOf({
  port = 0,
  host: hostname = "0.0.0.0",
  path,
  tls,
}: ListenOptions<TlsServerOptions>): Deno.Listener {
  if (path !== undefined && tls !== undefined) {
    throw new UsageError("option/range", "path cannot be combined with tls: Deno has no TLS over Unix sockets.");
  }
  if (path !== undefined) return Deno.listen({ transport: "unix", path });
  if (tls === undefined) return Deno.listen({ port, hostname });
  return Deno.listenTls({ port, hostname, alpnProtocols: ["http/1.1"], cert: tls.cert, key: tls.key });
}

async function accept(listener: Deno.Listener, server: WebSocketServer, secure: boolean): Promise<void> {
  let isFailing = false;
  for (;;) {
    try {
      const conn = await listener.accept();
      isFailing = false;
      server.receive(new DenoTransport(conn), new DenoTransportInfo(conn, secure));
    } catch (error) {
      if (error instanceof Deno.errors.BadResource) return;
      // A client that left before it was accepted must not delay the next ones.
      if (hasLeft(error)) continue;
      // Out of file descriptors for now: the server keeps listening, and reports the error once rather than at each retry.
      if (!isFailing) server.reportError(error);
      isFailing = true;
      await new Promise((resolve) => setTimeout(resolve, acceptPause));
    }
  }
}

/**
 * Whether accepting failed because the client had left: Deno looks up the peer's address of an accepted socket, and a socket
 * that was reset has none.
 */
function hasLeft(error: unknown): boolean {
  const { ConnectionAborted, ConnectionReset, NotConnected } = Deno.errors;
  return [ConnectionAborted, ConnectionReset, NotConnected].some((kind) => error instanceof kind);
}

/** Milliseconds to wait after a connection could not be accepted, because the cause may persist. */
const acceptPause = 10;
