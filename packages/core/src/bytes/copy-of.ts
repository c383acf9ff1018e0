/**
 * Copies of short arrays. `slice` looks up the constructor to use and costs as much as decoding two messages
 * (bench/decode-task.ts, workload mixed).
 */

/** Copies `bytes[start, end)` into a plain Uint8Array. Meant for up to about 125 bytes. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  for (let index = start; index < end; index++) copy[index - start] = bytes[index]!;
  return copy;
}
