/** Writes a fragment of a message: by copy, masked in place, or by reference. */
import { returnChunk } from "../bytes/block-pool.ts";
import { type ByteWriter, copyLimit } from "../bytes/byte-writer.ts";
import type { RandomPool } from "../bytes/random-pool.ts";
import { writeFrame, writeMaskedHeader, writeUnmaskedHeader } from "../frame/frame-encoder.ts";
import { mask } from "../frame/mask.ts";

/**
 * Appends one frame and returns its bytes. `owned` payload may be masked in place or reused. `keys` supplies masking
 * keys; undefined for a server, which does not mask.
 */
export function writeFragment(
  output: ByteWriter,
  firstByte: number,
  payload: Uint8Array,
  owned: boolean,
  keys: RandomPool | undefined,
): number {
  const { length } = payload;
  if (keys === undefined && length > copyLimit) {
    const header = writeUnmaskedHeader(output, firstByte, length);
    output.appendReference(payload);
    return header + length;
  }
  if (keys !== undefined && owned) {
    const key = keys.next();
    const header = writeMaskedHeader(output, firstByte, length, key);
    mask(payload, 0, length, key);
    output.appendReference(payload);
    return header + length;
  }
  const written = writeFrame(output, firstByte, payload, keys);
  if (owned) returnChunk(payload);
  return written;
}
