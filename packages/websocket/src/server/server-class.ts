/** Creates an adapter's `WebSocketServer`, which has the defaults of the runtime. */
import { takes } from "@hybi/core/options";
import type { Clock } from "../event-loop/clock.ts";
import type { MemoryBudget } from "../load/memory-budget.ts";
import { type RuntimeOptions, withRuntimeDefaults } from "../socket/runtime-options.ts";
import { type OpeningHandler, type ServerOptions, WebSocketServer } from "./server.ts";

/** Defaults of a server's options that depend on the runtime. */
export interface ServerRuntime {
  /** Defaults of the option `runtime`. */
  readonly runtime?: RuntimeOptions | undefined;
  /** Returns the memory budget of a server: `given`, its option, or a default that suits the runtime. */
  readonly memoryBudgetOf?:
    | ((given: ServerOptions["memoryBudget"], clock: Clock | undefined) => number | MemoryBudget | undefined)
    | undefined;
}

/**
 * Returns a class of servers with defaults of the runtime.
 *
 * @throws UsageError `option/type` if `memoryBudgetOf` is no function
 */
export function createServerClass({ runtime, memoryBudgetOf }: ServerRuntime = {}): typeof WebSocketServer {
  if (memoryBudgetOf !== undefined) takes.callback(memoryBudgetOf, "memoryBudgetOf");

  function withOwnDefaults(options: ServerOptions): ServerOptions {
    // The superclass rejects a value that is not an object.
    if (typeof options !== "object" || options === null) return options;
    const own = withRuntimeDefaults<ServerOptions>({ runtime }, options);
    return memoryBudgetOf === undefined
      ? own
      : { ...own, memoryBudget: memoryBudgetOf(own.memoryBudget, own.runtime?.clock) };
  }

  class RuntimeServer extends WebSocketServer {
    constructor(handler: OpeningHandler, options: ServerOptions = {}) {
      super(handler, withOwnDefaults(options));
    }
  }
  Object.defineProperty(RuntimeServer, "name", { value: "WebSocketServer" });
  return RuntimeServer;
}
