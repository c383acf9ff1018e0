/** What this package exports for servers: the common implementation, over the sockets of Deno. Nothing here needs the client. */
import {
  type ListenOptions as AnyListenOptions,
  type WebSocketServer as AnyWebSocketServer,
  createListen,
  createServerClass,
  type OpeningHandler,
  type Server,
} from "@hybi/websocket";
import { openListener } from "./listen.ts";
import { checkTls, type TlsServerOptions } from "./options.ts";
import { denoRuntime, memoryBudgetOf } from "./runtime.ts";

// Marked as pure, so that bundlers leave out what a program does not import.

/**
 * The server behind `listen`, with the defaults of this runtime, for transports that arrive by other means: see `receive`.
 */
export const WebSocketServer: typeof AnyWebSocketServer = /* @__PURE__ */ createServerClass({
  runtime: denoRuntime,
  memoryBudgetOf,
});
export type WebSocketServer = AnyWebSocketServer;

/** Options of `listen()`. Without `host`, the server listens on all IPv4 addresses of the machine. */
export interface ListenOptions extends AnyListenOptions<TlsServerOptions> {}

/**
 * Starts a server over TCP, TLS or a Unix socket, and calls `handler` with each valid opening request, which it accepts or
 * rejects. Resolves once the server is listening.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 * @example
 * const server = await listen((opening) => {
 *   const socket = opening.accept();
 *   socket.onmessage = ({ data }) => socket.send(data);
 * }, { port: 8080 });
 */
export const listen: (handler: OpeningHandler, options?: ListenOptions) => Promise<Server> =
  /* @__PURE__ */ createListen(WebSocketServer, {
    openListener,
    checkTls,
  });
