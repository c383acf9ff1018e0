/**
 * What Bun lends to core, and what it knows of its machine: the default of a server's `memoryBudget`, and garbage collection under
 * load so that Bun stays within the budget.
 */
import { channel } from "node:diagnostics_channel";
import { totalmem } from "node:os";
import { type Clock, createDiagnostics, MemoryBudget, type RuntimeOptions } from "@hybi/websocket";
import { bunFunctions } from "./native-functions.ts";

const diagnostics = /* @__PURE__ */ createDiagnostics(channel);

/** Defaults of the option `runtime` of clients and servers. */
export const bunRuntime: RuntimeOptions = { native: bunFunctions, diagnostics, closer: "program" };

/** The same for sockets that keep the rules of a page. */
export const pageRuntime: RuntimeOptions = { native: bunFunctions, diagnostics, closer: "page" };

/** Returns the default `memoryBudget` of a server in bytes: an eighth of the memory that the process may use. */
function defaultMemoryBudget(): number {
  return Math.floor(Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()) / 8);
}

/** The share of the budget to use under load. Lower than on other runtimes: Bun's allocator retains more freed memory. */
const shareUnderLoad = 1 / 4;

/** After a collection that blocked the program for longer than this, in milliseconds, later ones run without blocking. */
const longestCollection = 100;

/** The program runs this many times as long as the last collection took before the next one starts. */
const pause = 5;

/**
 * Returns the budget for `given`, the server's option, with a collector installed. JavaScriptCore lets garbage grow to several
 * times the live heap before it collects, even when a collection is requested without blocking; a blocking one is forced while
 * much data arrives.
 */
export function memoryBudgetOf(given: number | MemoryBudget = defaultMemoryBudget(), clock?: Clock): MemoryBudget {
  const budget = given instanceof MemoryBudget ? given : new MemoryBudget(given, clock);
  if (budget !== given) budget.shareUnderLoad = shareUnderLoad;
  budget.collect ??= collector();
  return budget;
}

function collector(): () => void {
  let next = 0;
  let isWaiting = true;
  return () => {
    const begun = performance.now();
    if (begun < next) return;
    Bun.gc(isWaiting);
    const took = performance.now() - begun;
    // Do not block an application with a large heap at each collection.
    if (took > longestCollection) isWaiting = false;
    next = begun + pause * took;
  };
}
