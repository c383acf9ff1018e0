/** How a client opens a transport: over TCP, TLS or a Unix socket. */
import { UsageError } from "@hybi/core";
import type { ConnectTarget, Transport } from "@hybi/websocket";
import type { TransportOptions } from "./options.ts";
import { DenoTransport } from "./transport.ts";

/** Opens the transport of a client. */
export async function openTransport(
  { url, sameOrigin, signal }: ConnectTarget,
  { tls = {}, path }: TransportOptions,
): Promise<Transport> {
  // Deno has no TLS over Unix sockets. Never send in the clear what was meant to be encrypted.
  if (path !== undefined && url.secure) {
    throw new UsageError("option/range", "transportOptions.path is for ws only: Deno has no TLS over Unix sockets.");
  }
  if (path !== undefined) return new DenoTransport(await Deno.connect({ transport: "unix", path }));
  const where = { hostname: url.address, port: url.port };
  if (!url.secure) return new DenoTransport(await Deno.connect({ ...where, signal }));
  const { caCerts, cert, key } = tls;
  const conn = await Deno.connectTls({
    ...where,
    // For Deno, the host to connect to and the TLS server name are the same. RFC 6066 §3: the server name is sent "without a
    // trailing dot".
    hostname: url.address.replace(/\.$/, ""),
    alpnProtocols: ["http/1.1"],
    ...(caCerts !== undefined && { caCerts: [...caCerts] }),
    // A redirect must not reveal the client's identity to another origin.
    ...(sameOrigin && cert !== undefined && key !== undefined && { cert, key }),
  });
  const giveUp = (): void => conn.close();
  signal.addEventListener("abort", giveUp);
  // Complete the handshake here, so that an untrusted certificate is reported as the reason of the failure.
  try {
    await conn.handshake();
  } catch (error) {
    if (!signal.aborted) conn.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
  return new DenoTransport(conn);
}

/** Names the destination of a transport: a Unix socket is one destination, regardless of the URL. */
export function destinationOf(_url: unknown, { path }: TransportOptions): string | undefined {
  return path === undefined ? undefined : `path ${path}`;
}
