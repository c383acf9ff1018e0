/** What a client of this package may be told about its transport, in `options.transport`. */
import type { ConnectionOptions } from "node:tls";
import type { ClientSocketOptions } from "@hybi/websocket";

/** How to reach a server. Everything may be left out. */
export interface TransportOptions {
  /** For wss: certificates and the like. */
  readonly tls?: ConnectionOptions | undefined;
  /** A Unix socket or named pipe to go to, whatever the host of the URL is. */
  readonly path?: string | undefined;
}

/** Options of a client over the transports of Node. */
export interface ClientOptions extends ClientSocketOptions {
  readonly transport?: TransportOptions | undefined;
}
