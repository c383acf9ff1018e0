/** Creates and formats byte arrays. */

/** Concatenates the arrays. */
export function concatBytes(chunks: Iterable<Uint8Array>): Uint8Array {
  const arrays = [...chunks];
  const all = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** Formats bytes in hexadecimal; long ones as their length and a checksum. */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.length <= 64) return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  // FNV-1a
  let hash = 0x811c_9dc5;
  for (let index = 0; index < bytes.length; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x0100_0193);
  return `${bytes.length} bytes, checksum ${(hash >>> 0).toString(16)}`;
}

/** Returns `length` bytes that vary with their position and with `seed`. */
export function patternBytes(length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = (index * 31 + (index >>> 8) * 7 + seed) & 0xff;
  return bytes;
}

let encoder: { encode(text: string): Uint8Array } | undefined;

/** Encodes `text` as UTF-8. */
export function utf8Bytes(text: string): Uint8Array {
  // Created on first use, so that the package also loads in an engine without TextEncoder.
  encoder ??= new TextEncoder();
  return encoder.encode(text);
}

/** Parses hexadecimal digits, ignoring white space: `hexBytes("81 02 6869")`. @throws SyntaxError for half a byte */
export function hexBytes(hex: string): Uint8Array {
  const digits = hex.replaceAll(/\s/g, "");
  if (digits.length % 2 !== 0) throw new SyntaxError(`odd number of digits in ${hex}`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
}

/** Formats the first `limit` bytes as hexadecimal digits, followed by the length if there are more. */
export function formatHex(bytes: Uint8Array, limit = 200): string {
  const digits = Array.from(bytes.subarray(0, limit), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return bytes.length > limit ? `${digits}… (${bytes.length} bytes)` : digits;
}

/** Whether both arrays hold the same bytes. For large arrays this is faster than the comparison of a test runner. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

/** Encodes each char as one byte: heads are not UTF-8. */
export function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Decodes each byte of `chunks` as one char; the inverse of `latin1Bytes`. */
export function latin1Text(chunks: Iterable<Uint8Array>): string {
  return Array.from(chunks, (chunk) => String.fromCharCode(...chunk)).join("");
}
