/** The server of `@hybi/websocket` with Node's host functions, clock and memory budget. */
import { UsageError } from "@hybi/core";
import {
  type ServerOptions as AnyServerOptions,
  WebSocketServer as AnyWebSocketServer,
  checkSingleRequest,
  type OpeningHandler,
  type SingleRequestOptions,
} from "@hybi/websocket";
import { nodeClock } from "./clock.ts";
import { nodeHost } from "./host.ts";
import { defaultMemoryBudget, sharedMemoryBudget } from "./memory.ts";

/** Options of a server. All are optional. */
export type ServerOptions = Omit<AnyServerOptions, "host">;

/** Options of a single upgraded request: those of a server, except the ones that concern several connections. */
export type UpgradeOptions = Omit<SingleRequestOptions, "host">;

/**
 * A server for the requests that `upgrade` and `upgradeStream` pass to it, so that one object knows all connections regardless
 * of how they arrived. `listen` creates its own.
 *
 * @example
 * const sockets = new WebSocketServer((opening) => opening.accept());
 * httpServer.on("upgrade", (request, socket, head) => upgrade(request, socket, head, sockets));
 */
export class WebSocketServer extends AnyWebSocketServer {
  constructor(handler: OpeningHandler, options: ServerOptions = {}) {
    super(handler, withNode(options));
  }
}

/**
 * Returns the server for a call to `upgrade` or `upgradeStream`: `target` itself, or a new one for this request.
 *
 * @throws UsageError `option/unknown`, also for options that concern several connections
 */
export function serverOf(
  caller: string,
  target: WebSocketServer | UpgradeOptions,
  handler: OpeningHandler,
): WebSocketServer {
  if (target instanceof WebSocketServer) return target;
  checkSingleRequest(caller, target);
  // Single-connection servers share one memory budget.
  const { memoryBudget = sharedMemoryBudget() } = target;
  return new WebSocketServer(handler, { ...target, memoryBudget });
}

function withNode(options: AnyServerOptions): AnyServerOptions {
  // The superclass rejects a value that is not an object.
  if (typeof options !== "object" || options === null) return options;
  if (options.host !== undefined) {
    throw new UsageError("option/unknown", "host is not an option of a server. Did you mean listen({ host: … })?");
  }
  const { clock = nodeClock, memoryBudget = defaultMemoryBudget() } = options;
  return { ...options, host: nodeHost, clock, memoryBudget };
}
