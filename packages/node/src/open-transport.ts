/** The transport of a client: a socket, or a stream of HTTP/2. */
import { parseWebSocketUrl, type WebSocketUrl } from "@hybi/core";
import type { AgreedTransport, Connect, ConnectTarget, Transport } from "@hybi/websocket";
import { openHttp2Stream } from "./http2-client.ts";
import { NodeTransport } from "./node-transport.ts";
import { openSocket } from "./open-socket.ts";
import type { TransportOptions } from "./transport-options.ts";

async function open(target: ConnectTarget): Promise<Transport | AgreedTransport> {
  const options = (target.options ?? {}) as TransportOptions;
  if (options.http2 !== undefined && options.http2 !== false) return openHttp2Stream(target, options);
  // It may still be connecting: what is written meanwhile leaves first, and an error is the socket's to tell.
  return new NodeTransport(await openSocket(target, options));
}

/** Sessions of applications, by number: where each leads, nobody knows but who has made it. */
const sessions = new WeakMap<object, number>();
let sessionCount = 0;

function destination(url: WebSocketUrl, given: unknown): string | undefined {
  const { http2, proxy, path } = (given ?? {}) as TransportOptions;
  if (typeof http2 === "object") {
    const own = sessions.get(http2) ?? ++sessionCount;
    sessions.set(http2, own);
    return `session ${own}`;
  }
  // RFC 6455 §4.1 step 2: through a proxy each name is to be taken for a host of its own. So it is for each proxy.
  if (proxy !== undefined) {
    const { host, port } = parseWebSocketUrl(String(typeof proxy === "object" && "url" in proxy ? proxy.url : proxy));
    return `proxy ${host}:${port} ${url.host}:${url.port}`;
  }
  return path === undefined ? undefined : `path ${path}`;
}

/** Opens what `target.options` ask for. */
export const openTransport: Connect = Object.assign(open, { destination });
