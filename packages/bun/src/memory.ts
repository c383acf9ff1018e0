/** How much memory a server's connections may hold, and how Bun keeps to it. */
import { totalmem } from "node:os";
import { type Clock, MemoryBudget } from "@hybi/websocket";

/** Bytes of memory that a server's connections may hold where nobody says otherwise: an eighth of what the process may use. */
export function defaultMemoryBudget(): number {
  return Math.floor(Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()) / 8);
}

/** Bun's allocator keeps more of what was let go of than those of other runtimes. */
const shareUnderLoad = 1 / 4;

/** A collection for which the program has waited longer, in milliseconds, is followed by ones that it does not wait for. */
const longestCollection = 100;

/** Of the time of the program, a collection takes one part, and the program so many before the next. */
const pause = 5;

/**
 * The budget for `given`, the option of a server. JavaScriptCore lets garbage grow to several times of what is alive before it
 * collects, even when it is asked to without waiting for it: while much comes in it is made to.
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
    // An application whose own heap is large is not held up for it each time.
    if (took > longestCollection) isWaiting = false;
    next = begun + pause * took;
  };
}
