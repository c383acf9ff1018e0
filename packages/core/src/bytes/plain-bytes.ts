/**
 * Returns `bytes` as a plain Uint8Array over the same memory. A subclass such as Node's Buffer overrides methods (its
 * `slice` does not copy), and would reach the application through every view made of it.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
