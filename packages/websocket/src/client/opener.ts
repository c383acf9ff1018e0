/** What an adapter provides for clients, as the function that its classes call. */
import { takes } from "@hybi/core/options";
import type { Connect, ConnectTarget } from "./socket-options.ts";

/** How an adapter opens transports. */
export interface OpeningFunctions<TransportOptions = unknown> {
  /**
   * Opens a client's transport. `options` are the application's `transportOptions`, or an empty object. Rejects as `Connect`
   * does.
   */
  openTransport(target: ConnectTarget, options: TransportOptions): ReturnType<Connect>;
  /**
   * Names the destination of a transport, such as a Unix socket. Undefined, or without this function, it is the host of the URL.
   * Openings to one destination wait for each other (RFC 6455 §4.1 step 2).
   */
  readonly destinationOf?: ((url: ConnectTarget["url"], options: TransportOptions) => string | undefined) | undefined;
}

/**
 * Returns the `Connect` of `createWebSocketClass` and `createWebSocketStreamClass` that opens transports in this way.
 *
 * @throws UsageError `option/type` for a part that is no function
 */
export function createOpener<TransportOptions>(functions: OpeningFunctions<TransportOptions>): Connect {
  const { openTransport, destinationOf } = Object(functions) as OpeningFunctions<TransportOptions>;
  takes.callback(openTransport, "openTransport");
  if (destinationOf !== undefined) takes.callback(destinationOf, "destinationOf");
  const optionsOf = (options: unknown): TransportOptions => (options ?? {}) as TransportOptions;
  return Object.assign((target: ConnectTarget) => openTransport(target, optionsOf(target.options)), {
    destination:
      destinationOf && ((url: ConnectTarget["url"], options: unknown) => destinationOf(url, optionsOf(options))),
  });
}
