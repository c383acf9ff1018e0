/** The transport of a client: a socket, or a stream of HTTP/2. */
import type { AgreedTransport, Connect, Transport } from "@hybi/websocket";
import { openHttp2Stream } from "./http2-client.ts";
import { NodeTransport } from "./node-transport.ts";
import { openSocket } from "./open-socket.ts";
import type { TransportOptions } from "./transport-options.ts";

/** Opens what `target.options` ask for. */
export const openTransport: Connect = async (target): Promise<Transport | AgreedTransport> => {
  const options = (target.options ?? {}) as TransportOptions;
  if (options.http2 !== undefined && options.http2 !== false) return openHttp2Stream(target, options);
  // It may still be connecting: what is written meanwhile leaves first, and an error is the socket's to tell.
  return new NodeTransport(await openSocket(target, options));
};
