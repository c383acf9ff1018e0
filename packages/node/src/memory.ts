/** How much memory there is: the default of a server's `memoryBudget`. */
import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { MemoryBudget } from "@hybi/websocket";

/** An eighth leaves room for the application, and for what hybi does not count, such as the buffers of the runtime. */
const share = 1 / 8;

/** Bytes of memory that a server's connections may hold where nobody says otherwise. */
export function defaultMemoryBudget(): number {
  // Of a container; a number beyond all memory, or 0, where there is no limit.
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.floor(Math.min(getHeapStatistics().heap_size_limit, constrained, totalmem()) * share);
}

let shared: MemoryBudget | undefined;

/** One budget for all servers that `upgrade` and `upgradeStream` make for a single connection. */
export function sharedMemoryBudget(): MemoryBudget {
  shared ??= new MemoryBudget(defaultMemoryBudget());
  return shared;
}
