/**
 * Estimates the memory of DEFLATE, in bytes, from the formulas in zconf.h and from measurements
 * (tests/properties/held.node.test.ts). Measuring is indirect: the memory of zlib itself shows only in the resident set of the
 * process, which excludes pages that were never written to.
 */
import type { DeflaterOptions, InflaterOptions } from "./codec.ts";

/**
 * Base-2 logarithm of the minimum size of the hash table. A zlib that computes hashes with special CPU instructions has at
 * least this size, whatever `memoryLevel` is.
 */
const smallestHashBits = 15;

/** Memory of a compressor, excluding window and tables. */
const deflaterCost = 10_240;
/** Memory of a decompressor, excluding its window: mainly code tables. */
export const inflaterCost = 9_216;

/** Memory of a compressor: its window and the hash chains, the hash table, and the pending block. */
export function deflaterLength(
  { windowBits, memoryLevel }: DeflaterOptions,
  hashBits: number = memoryLevel + 7,
): number {
  const window = 4 * 2 ** windowBits;
  const hashes = 2 * 2 ** Math.max(smallestHashBits, hashBits);
  return deflaterCost + window + hashes + 4 * 2 ** (memoryLevel + 6);
}

/** Memory of a decompressor that has produced output. */
export function inflaterLength({ windowBits }: InflaterOptions): number {
  return inflaterCost + 2 ** windowBits;
}
