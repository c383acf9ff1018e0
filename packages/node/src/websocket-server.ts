/** The server of `@hybi/websocket`, with what Node has for it. */
import {
  type ServerOptions as AnyServerOptions,
  WebSocketServer as AnyWebSocketServer,
  type OpeningHandler,
} from "@hybi/websocket";
import { nodeClock } from "./clock.ts";
import { nodeHost } from "./host.ts";

/** How a server treats its connections. Everything has a default. */
export interface ServerOptions extends Omit<AnyServerOptions, "host"> {
  /** Takes what handlers of the application throw. Without it they are uncaught, as in an event listener. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * A server that takes what `upgrade` and `upgradeStream` give it; for one that is to know all its connections, however they
 * came. `listen` makes its own.
 *
 * @example
 * const sockets = new WebSocketServer((opening) => opening.accept());
 * httpServer.on("upgrade", (request, socket, head) => upgrade(request, socket, head, sockets));
 */
export class WebSocketServer extends AnyWebSocketServer {
  constructor(handler: OpeningHandler, options: ServerOptions = {}) {
    const { onError, ...rest } = options;
    const clock = options.clock ?? nodeClock;
    super(handler, {
      ...rest,
      host: nodeHost,
      clock: onError === undefined ? clock : { ...clock, reportError: onError },
    });
  }
}
