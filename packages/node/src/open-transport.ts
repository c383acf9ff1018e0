/** Opens the transport of a client: a socket or an HTTP/2 stream. */
import { parseWebSocketUrl, type WebSocketUrl } from "@hybi/core";
import type { AgreedTransport, Connect, ConnectTarget, Transport } from "@hybi/websocket";
import { openHttp2Stream } from "./http2-client.ts";
import { NodeTransport } from "./node-transport.ts";
import { openSocket } from "./open-socket.ts";
import type { TransportOptions } from "./transport-options.ts";

async function open(target: ConnectTarget): Promise<Transport | AgreedTransport> {
  const options = (target.options ?? {}) as TransportOptions;
  if (options.http2 !== undefined && options.http2 !== false) return openHttp2Stream(target, options);
  // The socket may still be connecting: it sends what is written meanwhile first, and reports a connection error itself.
  return new NodeTransport(await openSocket(target, options));
}

/**
 * Numbers for the HTTP/2 sessions of applications. Only the application knows where a session leads, so each counts as a
 * destination of its own.
 */
const sessions = new WeakMap<object, number>();
let sessionCount = 0;

function destination(url: WebSocketUrl, given: unknown): string | undefined {
  const { http2, proxy, path } = (given ?? {}) as TransportOptions;
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

/** Opens the transport that `target.options` asks for. */
export const openTransport: Connect = Object.assign(open, { destination });
