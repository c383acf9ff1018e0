/** The default of a server's `memoryBudget`, derived from the memory that the process may use. */
import { totalmem } from "node:os";

/** Returns the default `memoryBudget` of a server in bytes: an eighth of the memory that the process may use. */
export function defaultMemoryBudget(): number {
  return Math.floor(Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()) / 8);
}
