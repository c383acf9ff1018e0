/** What Node knows of its machine: its clock, and the default of a server's `memoryBudget`. */
import { channel } from "node:diagnostics_channel";
import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { type Clock, createDiagnostics, type MemoryBudget, type RuntimeOptions, systemClock } from "@hybi/websocket";
import { nodeFunctions } from "./native-functions.ts";

const resolved = Promise.resolve();

/** Node's clock: unref'd timers, and a `defer` that runs at the end of the turn by way of `process.nextTick`. */
export const nodeClock: Clock = {
  ...systemClock,
  // Ticks run before microtasks, except a tick that a microtask queues: it runs once the microtask queue is empty, which is the
  // end of the turn. A promise rather than queueMicrotask, which creates an AsyncResource per call and costs twice as much.
  defer: (task) => void resolved.then(() => process.nextTick(task)),
  nextTurn: (task) => void setImmediate(task),
};

const diagnostics = /* @__PURE__ */ createDiagnostics(channel);

/** Defaults of the option `runtime` of clients and servers. */
export const nodeRuntime: RuntimeOptions = { native: nodeFunctions, clock: nodeClock, diagnostics, closer: "program" };

/** The same for sockets that keep the rules of a page. */
export const pageRuntime: RuntimeOptions = { native: nodeFunctions, clock: nodeClock, diagnostics, closer: "page" };

/** An eighth leaves room for the application and for memory that hybi does not count, such as the runtime's own buffers. */
const share = 1 / 8;

/** Returns the memory budget of a server: by default, in bytes, a share of what the process may use. */
export function memoryBudgetOf(given?: number | MemoryBudget): number | MemoryBudget {
  if (given !== undefined) return given;
  // The limit of a container. Without one, Node returns 0 or a number larger than the memory of any machine.
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.floor(Math.min(getHeapStatistics().heap_size_limit, constrained, totalmem()) * share);
}
