/** A socket to a server: TCP, TLS over it, through a proxy or not. */
import { connect as openTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as openTls } from "node:tls";
import type { ConnectTarget } from "@hybi/websocket";
import { openTunnel } from "./proxy.ts";
import { serverName } from "./server-name.ts";
import type { TransportOptions } from "./transport-options.ts";

/** The socket, or its promise where there is a proxy to be asked first. It may still be connecting. */
export function openSocket(
  { url, origin, signal }: ConnectTarget,
  options: TransportOptions,
): Socket | Promise<Socket> {
  // HTTP/2 has halves of streams, and none of sockets.
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

/** `tls` without what shows who the client is. A context and a session may hold a certificate, so they are left out whole. */
function withoutIdentity(tls: ConnectionOptions): ConnectionOptions {
  const { cert, key, pfx, passphrase, privateKeyEngine, privateKeyIdentifier, ...rest } = tls;
  const { secureContext, session, pskCallback, ...kept } = rest;
  return kept;
}
