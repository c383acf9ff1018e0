/** The server of `@hybi/websocket` with Node's native functions, clock and memory budget. */
import {
  WebSocketServer as AnyWebSocketServer,
  checkSingleRequest,
  type OpeningHandler,
  type ServerOptions,
  type SingleRequestOptions,
} from "@hybi/websocket";
import { nodeClock } from "./clock.ts";
import { defaultMemoryBudget, sharedMemoryBudget } from "./memory.ts";
import { nodeFunctions } from "./native-functions.ts";

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
  target: WebSocketServer | OpeningHandler,
  options: SingleRequestOptions = {},
): WebSocketServer {
  if (target instanceof WebSocketServer) return target;
  checkSingleRequest(caller, options);
  // Single-connection servers share one memory budget.
  const { memoryBudget = sharedMemoryBudget() } = options;
  return new WebSocketServer(target, { ...options, memoryBudget });
}

function withNode(options: ServerOptions): ServerOptions {
  // The superclass rejects a value that is not an object.
  if (typeof options !== "object" || options === null) return options;
  const { native = nodeFunctions, clock = nodeClock, memoryBudget = defaultMemoryBudget() } = options;
  return { ...options, native, clock, memoryBudget };
}
