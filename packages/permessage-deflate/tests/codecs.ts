/** The codecs under test, and helpers to use one without a connection. */

import type { TransformViolation } from "@hybi/core";
import { type DeflateCodec, type Deflater, type Inflater, portableCodec } from "@hybi/permessage-deflate";
import { zlibCodec } from "@hybi/permessage-deflate/zlib";
import { concatBytes } from "@hybi/testing/wire";

export const codecs: readonly (readonly [name: string, codec: DeflateCodec])[] = [
  ["portable", portableCodec],
  ["zlib", zlibCodec],
];

/** The result for a message: its bytes, or the violation. */
export type Inflated = Uint8Array | TransformViolation;

/** Inflates a message that comes in these parts. */
export function inflate(inflater: Inflater, ...parts: readonly Uint8Array[]): Inflated {
  const output: Uint8Array[] = [];
  for (const part of parts) {
    const violation = inflater.push(part, 0, part.length, (bytes, start, end) => {
      output.push(bytes.slice(start, end));
      return true;
    });
    if (violation !== undefined) return violation;
  }
  return inflater.finish() ?? concatBytes(output);
}

/** Deflates a message passed in these parts, the last one marked as last. */
export function deflate(deflater: Deflater, ...parts: readonly Uint8Array[]): Uint8Array {
  const output: Uint8Array[] = [];
  for (const [index, part] of parts.entries()) {
    deflater.push(part, 0, part.length, index === parts.length - 1, (bytes, start, end) => {
      output.push(bytes.slice(start, end));
      return true;
    });
  }
  return concatBytes(output);
}

export function isSame(one: Inflated, other: Inflated): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
