/** What this package exports for servers: the common implementation, over the sockets of Node. Nothing here needs the client. */
import type { TlsOptions } from "node:tls";
import {
  type ListenOptions as AnyListenOptions,
  type WebSocketServer as AnyWebSocketServer,
  createListen,
  createServerClass,
  type OpeningHandler,
  type Server,
} from "@hybi/websocket";
import { openListener } from "./listen.ts";
import { checkTls } from "./options.ts";
import { memoryBudgetOf, nodeRuntime } from "./runtime.ts";

// Marked as pure, so that bundlers leave out what a program does not import.

/**
 * A server for the requests that `upgrade` and `upgradeStream` pass to it, so that one object knows all connections regardless
 * of how they arrived. `listen` creates its own.
 *
 * @example
 * const sockets = new WebSocketServer((opening) => opening.accept());
 * httpServer.on("upgrade", (request, socket, head) => upgrade(request, socket, head, sockets));
 */
export const WebSocketServer: typeof AnyWebSocketServer = /* @__PURE__ */ createServerClass({
  runtime: nodeRuntime,
  memoryBudgetOf,
});
export type WebSocketServer = AnyWebSocketServer;

/** Options of `listen()`. Without `host`, the server listens on all addresses of the machine. */
export interface ListenOptions extends AnyListenOptions<TlsOptions> {}

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
