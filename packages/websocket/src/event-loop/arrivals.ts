/**
 * Counts arrivals at all pumps. A late timer compares counts to find out whether the runtime still had something to read in
 * the last turn of I/O.
 */

let count = 0;

/** Records that bytes, or the peer's end of its half, have arrived. */
export function noteArrival(): void {
  count++;
}

/** Returns the count, which changes whenever something arrives. */
export function arrivals(): number {
  return count;
}
