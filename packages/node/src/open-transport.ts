/** The transport of a client: TCP, or TLS over it. */
import { isIP, connect as openTcp, type Socket } from "node:net";
import { connect as openTls } from "node:tls";
import type { WebSocketUrl } from "@hybi/core";
import type { Connect } from "@hybi/websocket";
import { NodeTransport } from "./node-transport.ts";
import type { TransportOptions } from "./transport-options.ts";

/** Opens what `target.options` ask for. */
export const openTransport: Connect = (target) => {
  const options = (target.options ?? {}) as TransportOptions;
  // Not awaited: what is written meanwhile leaves with the first packet, and an error is the socket's to tell.
  return new NodeTransport(openSocket(target.url, options));
};

function openSocket(url: WebSocketUrl, options: TransportOptions): Socket {
  const where = options.path === undefined ? { host: url.address, port: url.port } : { path: options.path };
  const common = { ...where, allowHalfOpen: true, noDelay: true };
  if (!url.secure) return openTcp(common);
  // RFC 6066 §3: a literal address is no server name.
  const servername = isIP(url.address) === 0 ? url.address : "";
  return openTls({ ALPNProtocols: ["http/1.1"], servername, ...options.tls, ...common });
}
