/** How much memory there is: the default of a server's `memoryBudget`. */
import { totalmem } from "node:os";

/** Bytes of memory that a server's connections may hold where nobody says otherwise: an eighth of what the process may use. */
export function defaultMemoryBudget(): number {
  return Math.floor(Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()) / 8);
}
