/** Helpers for bytes. */

/** Returns a copy of `parts`, joined. A plain array, because `slice` of a Buffer does not copy. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
