/** The server of `@hybi/websocket`, with what Node has for it. */
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

/** How a server treats its connections. Everything has a default. */
export type ServerOptions = Omit<AnyServerOptions, "host">;

/** How one request is treated that is upgraded by itself: all but what is about several connections of a server. */
export type UpgradeOptions = Omit<SingleRequestOptions, "host">;

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
    super(handler, withNode(options));
  }
}

/**
 * The server of a call to `upgrade` or `upgradeStream`.
 *
 * @throws UsageError `option/unknown`, for what is about several connections too
 */
export function serverOf(
  caller: string,
  target: WebSocketServer | UpgradeOptions,
  handler: OpeningHandler,
): WebSocketServer {
  if (target instanceof WebSocketServer) return target;
  checkSingleRequest(caller, target);
  // The memory of servers of one connection is that of all of them.
  const { memoryBudget = sharedMemoryBudget() } = target;
  return new WebSocketServer(handler, { ...target, memoryBudget });
}

function withNode(options: AnyServerOptions): AnyServerOptions {
  // What is no object is for the class above to refuse.
  if (typeof options !== "object" || options === null) return options;
  if (options.host !== undefined) {
    throw new UsageError("option/unknown", "host is no option of a server. Did you mean listen({ host: … })?");
  }
  const { clock = nodeClock, memoryBudget = defaultMemoryBudget() } = options;
  return { ...options, host: nodeHost, clock, memoryBudget };
}
