/**
 * What Deno lends to core, and what it knows of its machine: the default of a server's `memoryBudget`, derived from the memory that
 * the process may use.
 */
import { channel } from "node:diagnostics_channel";
import { createDiagnostics, type MemoryBudget, type RuntimeOptions } from "@hybi/websocket";
import { denoFunctions } from "./native-functions.ts";

const diagnostics = /* @__PURE__ */ createDiagnostics(channel);

/** Defaults of the option `runtime` of clients and servers. */
export const denoRuntime: RuntimeOptions = { native: denoFunctions, diagnostics, closer: "program" };

/** The same for sockets that keep the rules of a page. */
export const pageRuntime: RuntimeOptions = { native: denoFunctions, diagnostics, closer: "page" };

/**
 * Returns the memory budget of a server in bytes: an eighth of the heap limit by default. V8 derives that limit from the machine's
 * memory, which Deno reveals only with a permission. Undefined where Deno does not report the limit.
 */
export function memoryBudgetOf(given: number | MemoryBudget | undefined): number | MemoryBudget | undefined {
  if (given !== undefined) return given;
  const v8 = process.getBuiltinModule?.("node:v8");
  return v8 && Math.floor(v8.getHeapStatistics().heap_size_limit / 8);
}
