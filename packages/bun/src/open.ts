/** How a client opens a transport: over TCP, TLS or a Unix socket. */
import { type ConnectTarget, type Transport, tlsServerName } from "@hybi/websocket";
import type { TlsClientOptions, TransportOptions } from "./options.ts";
import { BunTransport, socketHandlers } from "./transport.ts";

/** Opens the transport of a client. */
export async function openTransport(
  { url, sameOrigin, signal }: ConnectTarget,
  { tls = {}, path }: TransportOptions,
): Promise<Transport> {
  const open = (more: SocketOptions): Promise<Socket> =>
    path === undefined
      ? Bun.connect({ hostname: url.address, port: url.port, ...more })
      : Bun.connect({ unix: path, ...more });
  if (!url.secure) return transportOf(await open({ allowHalfOpen: true, socket: socketHandlers }));

  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Without a server name Bun checks the certificate against the address that it connects to, and a Unix socket has none.
  const serverName = tlsServerName(url.address) || (path === undefined ? "" : url.address);
  const socket = await open({
    allowHalfOpen: true,
    // A redirect must not reveal the client's identity to another origin.
    tls: tlsOptions(serverName, sameOrigin ? tls : { ...tls, cert: undefined, key: undefined }),
    socket: {
      ...socketHandlers,
      // Bun checks the certificate and its name, reports the result here, and continues in either case.
      handshake(_, isTrusted, error) {
        if (isTrusted || tls.rejectUnauthorized === false) resolve();
        else reject(error ?? new Error("The server's certificate is not trusted."));
      },
      close(closed, error) {
        reject(error ?? new Error("The connection was closed during the TLS handshake."));
        socketHandlers.close(closed, error);
      },
    },
  });
  const transport = transportOf(socket);
  const giveUp = (): void => reject(signal.reason);
  signal.addEventListener("abort", giveUp);
  try {
    await promise;
    return transport;
  } catch (error) {
    transport.abort();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** Names the destination of a transport: a Unix socket is one destination, regardless of the URL. */
export function destinationOf(_url: unknown, { path }: TransportOptions): string | undefined {
  return path === undefined ? undefined : `path ${path}`;
}

// Internals

type Socket = Bun.Socket<BunTransport | undefined>;
type SocketOptions = Bun.SocketOptions<BunTransport | undefined> & { readonly tls?: Bun.TLSOptions };

function tlsOptions(
  defaultName: string,
  { ca, cert, key, serverName = defaultName, rejectUnauthorized }: TlsClientOptions,
): Bun.TLSOptions {
  return {
    serverName,
    ALPNProtocols: "http/1.1",
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}

function transportOf(socket: Socket): BunTransport {
  const transport = new BunTransport(socket);
  socket.data = transport;
  return transport;
}
