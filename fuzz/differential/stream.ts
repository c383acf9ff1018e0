/** The bytes that one peer sent to the other, and their chunks. */

import type { Role } from "@hybi/core";
import { concat } from "../bytes.ts";

export interface Stream {
  /** Role of the reader. */
  readonly role: Role;
  /** Whether permessage-deflate was agreed, with context takeover. */
  readonly deflate: boolean;
  readonly bytes: Uint8Array;
  /** Ends of the chunks, ascending; the last one is the end of the stream. */
  readonly ends: readonly number[];
}

/** Returns the chunks, in memory of their own, because some readers change them. */
export function chunksOf({ bytes, ends }: Stream): Buffer[] {
  const copy = Buffer.from(bytes);
  let start = 0;
  return ends.map((end) => {
    const chunk = copy.subarray(start, end);
    start = end;
    return chunk;
  });
}

/** Returns the first `length` bytes of it, in the same chunks. */
export function prefixOf(stream: Stream, length: number): Stream {
  const ends = stream.ends.filter((end) => end < length);
  return { ...stream, bytes: stream.bytes.subarray(0, length), ends: [...ends, length] };
}

/** Returns the stream with `more` as a further chunk. */
export function withChunk(stream: Stream, more: Uint8Array): Stream {
  const bytes = concat(stream.bytes, more);
  return { ...stream, bytes, ends: [...stream.ends, bytes.length] };
}
