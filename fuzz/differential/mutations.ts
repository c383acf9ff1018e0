/** Changes that any bytes may undergo: changed, missing or repeated bytes, and cuts into chunks. */
import { concat } from "../bytes.ts";
import type { Random } from "../random.ts";

/** Returns `bytes`, which may be modified, after one change; `notableBytes` have a meaning to the reader. */
export function mutate(random: Random, bytes: Uint8Array, notableBytes: readonly number[]): Uint8Array {
  const at = random.below(bytes.length);
  const until = Math.min(bytes.length, at + 1 + random.below(8));
  switch (random.below(5)) {
    case 0: {
      const byte = bytes[at];
      if (byte !== undefined) bytes[at] = byte ^ (1 << random.below(8));
      return bytes;
    }
    case 1:
      if (at < bytes.length) bytes[at] = random.oneIn(2) ? random.of(notableBytes) : random.below(256);
      return bytes;
    case 2:
      return concat(bytes.subarray(0, at), bytes.subarray(until));
    case 3:
      return concat(bytes.subarray(0, at), Uint8Array.of(random.of(notableBytes)), bytes.subarray(at));
    default:
      return concat(bytes.subarray(0, until), bytes.subarray(at));
  }
}

/** Returns the ends of the chunks of a stream of `length` bytes: one chunk, single bytes, small ones or large ones. */
export function endsOfChunks(random: Random, length: number): readonly number[] {
  const way = random.below(8);
  if (way < 2 || length === 0) return [length];
  // Single bytes cost the most, so they are for short streams.
  if (way === 2 && length < 160) return Array.from({ length }, (_, index) => index + 1);
  const ends: number[] = [];
  const most = way === 3 ? 3 : way === 4 ? 17 : length;
  for (let end = 0; end < length && ends.length < 60; ) {
    end = Math.min(length, end + 1 + random.below(most));
    ends.push(end);
  }
  if (ends[ends.length - 1] !== length) ends.push(length);
  return ends;
}
