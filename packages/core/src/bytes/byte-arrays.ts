/** Byte arrays as such: what counts as one, plain views, short copies, and the empty array. */

/**
 * The empty array, for use inside core. The application never gets it: by transferring its buffer, it would take it from all
 * connections.
 */
export const noBytes: Uint8Array = new Uint8Array(0);

/**
 * Whether `data` is a Uint8Array, a subclass of it, or one from another realm. Callers in JavaScript have no type checker: an
 * array of words or a bare buffer has no length, or one that is not in bytes, so that the frame header would announce a wrong
 * payload length.
 */
export function isBytes(data: unknown): data is Uint8Array {
  if (data instanceof Uint8Array) return true;
  // From another realm: the tag alone can be forged, but being a view cannot.
  return ArrayBuffer.isView(data) && Object.prototype.toString.call(data) === "[object Uint8Array]";
}

/**
 * Returns `bytes` as a plain Uint8Array over the same memory. A subclass such as Node's Buffer overrides methods (its
 * `slice` does not copy), and would reach the application through every view made of it.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Copies `bytes[start, end)` into a plain Uint8Array. Meant for up to about 125 bytes: `slice` looks up the constructor to use
 * and costs as much as decoding two messages (bench/decode-task.ts, workload mixed).
 */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  for (let index = start; index < end; index++) copy[index - start] = bytes[index]!;
  return copy;
}
