/** Byte arrays in tests: concise notation, and comparison without printing a million numbers. */

/** Parses hexadecimal digits, ignoring white space: `bytes("81 02 6869")`. */
export function bytes(hex: string): Uint8Array {
  const digits = hex.replaceAll(/\s/g, "");
  if (digits.length % 2 !== 0) throw new Error(`odd number of digits in ${hex}`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
}

/** Hexadecimal digits of `array`, at most `limit`. */
export function hexOf(array: Uint8Array, limit = 200): string {
  const shown = [...array.subarray(0, limit)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return array.length > limit ? `${shown}… (${array.length} bytes)` : shown;
}

/** `text` as UTF-8, encoded by the platform instead of the code under test. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Joins all chunks. */
export function concat(chunks: Iterable<Uint8Array>): Uint8Array {
  const parts = [...chunks];
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** `length` bytes that differ from their neighbours: byte i is `i * 7 + seed`. */
export function patterned(length: number, seed = 0): Uint8Array {
  const array = new Uint8Array(length);
  for (let index = 0; index < length; index++) array[index] = index * 7 + seed;
  return array;
}

/** Whether both hold the same bytes. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

/** `array` cut into chunks of `size`, each in its own buffer. */
export function cut(array: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < array.length; at += size) chunks.push(array.slice(at, at + size));
  return chunks;
}

/** A copy of `array` that begins `offset` bytes into its buffer, so that word boundaries fall elsewhere. */
export function displaced(array: Uint8Array, offset: number): Uint8Array {
  const moved = new Uint8Array(offset + array.length).subarray(offset);
  moved.set(array);
  return moved;
}
