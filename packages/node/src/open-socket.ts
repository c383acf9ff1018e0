/** Opens a socket to a server over TCP or TLS, directly or through a proxy. */
import { connect as openTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as openTls } from "node:tls";
import type { ConnectTarget } from "@hybi/websocket";
import { openTunnel } from "./proxy.ts";
import { serverName } from "./server-name.ts";
import type { TransportOptions } from "./transport-options.ts";

/** Returns the socket, which may still be connecting, or a promise of it when a proxy tunnel must be opened first. */
export function openSocket(
  { url, origin, signal }: ConnectTarget,
  options: TransportOptions,
): Socket | Promise<Socket> {
  // HTTP/2 half-closes streams, never the socket.
  const allowHalfOpen = options.http2 !== true;
  const { proxy } = options;
  if (proxy !== undefined) {
    return openTunnel(url, proxy, allowHalfOpen, signal).then((tunnel) => {
      if (!url.secure) return tunnel;
      const inTunnel = { ...tlsOptions(url.address, origin, options), allowHalfOpen, socket: tunnel };
      return openTls(inTunnel);
    });
  }
  const where = options.path === undefined ? { host: url.address, port: url.port } : { path: options.path };
  const common = { ...where, allowHalfOpen, noDelay: true };
  return url.secure ? openTls({ ...tlsOptions(url.address, origin, options), ...common }) : openTcp(common);
}

function tlsOptions(
  address: string,
  origin: ConnectTarget["origin"],
  { tls = {}, http2 }: TransportOptions,
): ConnectionOptions {
  return {
    ALPNProtocols: [http2 === true ? "h2" : "http/1.1"],
    host: address,
    servername: serverName(address),
    ...(origin === "named" ? tls : withoutIdentity(tls)),
  };
}

/**
 * Returns `tls` without the options that reveal the client's identity. `secureContext` and `session` may contain a certificate,
 * so they are omitted as a whole.
 */
function withoutIdentity(tls: ConnectionOptions): ConnectionOptions {
  const { cert, key, pfx, passphrase, privateKeyEngine, privateKeyIdentifier, ...rest } = tls;
  const { secureContext, session, pskCallback, ...kept } = rest;
  return kept;
}
