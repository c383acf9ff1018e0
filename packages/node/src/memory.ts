/** The default of a server's `memoryBudget`, derived from the memory that the process may use. */
import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { MemoryBudget } from "@hybi/websocket";

/** An eighth leaves room for the application and for memory that hybi does not count, such as the runtime's own buffers. */
const share = 1 / 8;

/** Returns the default `memoryBudget` of a server in bytes. */
export function defaultMemoryBudget(): number {
  // The limit of a container. Without one, Node returns 0 or a number larger than the memory of any machine.
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.floor(Math.min(getHeapStatistics().heap_size_limit, constrained, totalmem()) * share);
}

let shared: MemoryBudget | undefined;

/** Returns the budget shared by all single-connection servers that `upgrade` and `upgradeStream` create. */
export function sharedMemoryBudget(): MemoryBudget {
  shared ??= new MemoryBudget(defaultMemoryBudget());
  return shared;
}
