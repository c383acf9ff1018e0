/**
 * Bytes of memory that DEFLATE takes, by what zconf.h says and what was measured (tests/properties/held.node.test.ts): zlib
 * itself is seen in the resident memory of the process only, and there without the pages that were never written to.
 */
import type { DeflaterOptions, InflaterOptions } from "./codec.ts";

/** Where hashes are computed by instructions for that, the table has at least so many entries, whatever `memoryLevel` says. */
const smallestHashBits = 15;

/** What a compressor consists of beside its tables. */
const deflaterCost = 10_240;
/** What a decompressor consists of beside its window: tables of codes, above all. */
export const inflaterCost = 9_216;

/** A compressor: its window and the links between positions in it, the table of hashes, and the block that is being made. */
export function deflaterLength(
  { windowBits, memoryLevel }: DeflaterOptions,
  hashBits: number = memoryLevel + 7,
): number {
  const window = 4 * 2 ** windowBits;
  const hashes = 2 * 2 ** Math.max(smallestHashBits, hashBits);
  return deflaterCost + window + hashes + 4 * 2 ** (memoryLevel + 6);
}

/** A decompressor that has put something out. */
export function inflaterLength({ windowBits }: InflaterOptions): number {
  return inflaterCost + 2 ** windowBits;
}
