/** Short copies. `slice` looks up which class to make and costs as much as decoding two messages (bench, mixed). */

/** `bytes[start, end)` in an array of its own, a plain one; for up to about 125 bytes. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  for (let index = start; index < end; index++) copy[index - start] = bytes[index]!;
  return copy;
}
