/** Creates new inputs from stored ones by a few small changes, some of which use another input or the dictionary. */
import { concat } from "../bytes.ts";
import type { Random } from "../random.ts";

/** Bytes with a meaning in these formats: line ends, delimiters, and boundary values of lengths and of UTF-8. */
const notableBytes = [0, 1, 10, 13, 32, 34, 44, 58, 59, 61, 125, 126, 127, 128, 192, 254, 255];
const maxSteps = 5;

/** Returns `original` after one to five changes, in an array of its own, cut to `maxLength` bytes. */
export function mutate(
  random: Random,
  original: Uint8Array,
  other: Uint8Array,
  words: readonly Uint8Array[],
  maxLength: number,
): Uint8Array {
  let bytes: Uint8Array = original.slice();
  for (let steps = 1 + random.below(maxSteps); steps > 0; steps--) bytes = step(random, bytes, other, words);
  return bytes.length > maxLength ? bytes.subarray(0, maxLength) : bytes;
}

/** Makes one change. `bytes` may be modified. */
function step(random: Random, bytes: Uint8Array, other: Uint8Array, words: readonly Uint8Array[]): Uint8Array {
  const at = random.below(bytes.length);
  const until = Math.min(bytes.length, at + 1 + random.below(random.oneIn(4) ? bytes.length : 6));
  const byte = bytes[at];
  const kind = random.below(9);
  // An empty input has nothing to change.
  if (byte === undefined && kind < 4) return Uint8Array.of(random.below(256));
  switch (kind) {
    case 0:
      bytes[at] = (byte as number) ^ (1 << random.below(8));
      return bytes;
    case 1:
      bytes[at] = random.oneIn(2) ? random.below(256) : random.of(notableBytes);
      return bytes;
    case 2:
      bytes[at] = (byte as number) + random.below(17) - 8;
      return bytes;
    case 3:
      return concat(bytes.subarray(0, at), bytes.subarray(until));
    case 4:
      return concat(bytes.subarray(0, at), Uint8Array.of(random.of(notableBytes)), bytes.subarray(at));
    case 5:
      // Duplicate this range.
      return concat(bytes.subarray(0, until), bytes.subarray(at));
    case 6: {
      const from = random.below(other.length);
      return concat(bytes.subarray(0, at), other.subarray(from, from + 1 + random.below(24)), bytes.subarray(at));
    }
    case 7:
      return concat(bytes.subarray(0, at), other.subarray(random.below(other.length)));
    default: {
      const word = words.length === 0 ? Uint8Array.of(random.below(256)) : random.of(words);
      const isInserted = random.oneIn(2);
      return concat(bytes.subarray(0, at), word, bytes.subarray(isInserted ? at : at + word.length));
    }
  }
}
