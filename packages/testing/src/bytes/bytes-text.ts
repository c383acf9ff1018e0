/** Formats bytes for transcripts: in full for input, abbreviated for results. */
import { describeBytes, patternBytes } from "./bytes.ts";

/**
 * Formats all bytes: `81 00`, `none`, or `pattern(70000, 3)` for those that `patternBytes` returns. `parseBytes` is the
 * inverse.
 */
export function formatBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "none";
  if (bytes.length > 16 && isPattern(bytes)) return `pattern(${bytes.length}, ${bytes[0]})`;
  return hex(bytes);
}

/** Parses bytes written by `formatBytes`. @throws SyntaxError for any other text */
export function parseBytes(text: string): Uint8Array {
  if (text === "none") return new Uint8Array(0);
  const [, length, seed] = /^pattern\((\d+), (\d+)\)$/.exec(text) ?? [];
  if (length !== undefined) return patternBytes(Number(length), Number(seed));
  if (!/^[0-9a-f]{2}( [0-9a-f]{2})*$/.test(text)) throw new SyntaxError(`not bytes: ${text}`);
  return Uint8Array.from(text.split(" "), (byte) => Number.parseInt(byte, 16));
}

/** Formats bytes for reading; long ones as their length and a checksum. */
export function abbreviateBytes(bytes: Uint8Array): string {
  return bytes.length <= 64 ? formatBytes(bytes) : describeBytes(bytes);
}

function isPattern(bytes: Uint8Array): boolean {
  const expected = patternBytes(bytes.length, bytes[0]);
  return bytes.every((byte, index) => byte === expected[index]);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
