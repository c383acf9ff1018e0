/** How a client opens a transport: over TCP, TLS or a Unix socket, through a proxy, or as a stream of HTTP/2. */
import { connect as openTcp, type Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { parseWebSocketUrl } from "@hybi/core/opening";
import { type AgreedTransport, type ConnectTarget, type Transport, tlsServerName } from "@hybi/websocket";
import { openOverAgent } from "./agent.ts";
import { openHttp2Stream } from "./http2/client.ts";
import type { TcpOptions, TransportOptions } from "./options.ts";
import { openTunnel } from "./proxy.ts";
import { openSecure } from "./secure-context.ts";
import { NodeTransport } from "./transport.ts";

/** Opens the transport of a client. */
export async function openTransport(
  target: ConnectTarget,
  options: TransportOptions,
): Promise<Transport | AgreedTransport> {
  const { agent, http2 } = options;
  if (agent !== undefined) {
    const { url, sameOrigin } = target;
    const tls = url.secure ? tlsOptions(url.address, sameOrigin, options) : {};
    // Not half-open: a socket that the agent keeps for other requests would outlive the end of the server's half.
    return openOverAgent(target, agent, { ...tls, ...tcpOptions(options, false) });
  }
  if (http2 === undefined || http2 === false) {
    // The socket may still be connecting: it sends what is written meanwhile first, and reports a connection error itself.
    return new NodeTransport(await openSocket(target, options));
  }
  const session = typeof http2 === "object" ? http2 : undefined;
  return openHttp2Stream(target, session, () => openSocket(target, { ...options, http2: true }));
}

/** Names the destination of a transport: each session, proxy and Unix socket is one of its own. */
export function destinationOf(url: ConnectTarget["url"], { http2, proxy, path }: TransportOptions): string | undefined {
  if (typeof http2 === "object") {
    const own = sessions.get(http2) ?? ++sessionCount;
    sessions.set(http2, own);
    return `session ${own}`;
  }
  // RFC 6455 §4.1 step 2: behind a proxy, each host name counts as a separate host. We extend that to each proxy.
  if (proxy !== undefined) {
    const { host, port } = parseWebSocketUrl(String(typeof proxy === "object" && "url" in proxy ? proxy.url : proxy));
    return `proxy ${host}:${port} ${url.host}:${url.port}`;
  }
  return path === undefined ? undefined : `path ${path}`;
}

// Internals

/**
 * Numbers for the HTTP/2 sessions of applications. Only the application knows where a session leads, so each counts as a
 * destination of its own.
 */
const sessions = new WeakMap<object, number>();
let sessionCount = 0;

/**
 * Opens a socket over TCP or TLS, directly or through a proxy. Returns the socket, which may still be connecting, or a promise of
 * it when a proxy tunnel must be opened first.
 */
function openSocket({ url, sameOrigin, signal }: ConnectTarget, options: TransportOptions): Socket | Promise<Socket> {
  // HTTP/2 half-closes streams, never the socket.
  const allowHalfOpen = options.http2 !== true;
  const { proxy } = options;
  if (proxy !== undefined) {
    return openTunnel(url, proxy, tcpOptions(options, allowHalfOpen), signal).then((tunnel) => {
      if (!url.secure) return tunnel;
      const inTunnel = { ...tlsOptions(url.address, sameOrigin, options), allowHalfOpen, socket: tunnel };
      return openSecure(inTunnel, "transportOptions.tls");
    });
  }
  const where = options.path === undefined ? { host: url.address, port: url.port } : { path: options.path };
  const common = { ...tcpOptions(options, allowHalfOpen), ...where };
  if (!url.secure) return openTcp(common);
  return openSecure({ ...tlsOptions(url.address, sameOrigin, options), ...common }, "transportOptions.tls");
}

/** Returns what all connections over TCP have in common. */
function tcpOptions(
  { tcp }: TransportOptions,
  allowHalfOpen: boolean,
): TcpOptions & { allowHalfOpen: boolean; noDelay: true } {
  return { ...tcp, allowHalfOpen, noDelay: true };
}

function tlsOptions(address: string, sameOrigin: boolean, { tls = {}, http2 }: TransportOptions): ConnectionOptions {
  return {
    ALPNProtocols: [http2 === true ? "h2" : "http/1.1"],
    host: address,
    servername: tlsServerName(address),
    ...(sameOrigin ? tls : withoutIdentity(tls)),
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
