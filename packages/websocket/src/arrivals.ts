/** How often something has arrived at any pump: whether the runtime had anything left to read when it was last asked to. */

let count = 0;

/** Bytes have arrived, or the end of them. */
export function noteArrival(): void {
  count++;
}

/** Differs from what it was when something has arrived since. */
export function arrivals(): number {
  return count;
}
