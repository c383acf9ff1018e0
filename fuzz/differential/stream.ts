/** What one peer sent to the other, and how the transport cut it. */

import type { Role } from "@hybi/core";
import { concat } from "../bytes.ts";

export interface Stream {
  /** Who reads it. */
  readonly role: Role;
  /** Whether permessage-deflate was agreed, with its windows taken over. */
  readonly deflate: boolean;
  readonly bytes: Uint8Array;
  /** Where its chunks end: ascending, and the last is the end. */
  readonly ends: readonly number[];
}

/** The chunks, in memory of their own: some readers change them. */
export function chunksOf({ bytes, ends }: Stream): Buffer[] {
  const copy = Buffer.from(bytes);
  let start = 0;
  return ends.map((end) => {
    const chunk = copy.subarray(start, end);
    start = end;
    return chunk;
  });
}

/** The first `length` bytes of it, cut where it was cut. */
export function beginning(stream: Stream, length: number): Stream {
  const ends = stream.ends.filter((end) => end < length);
  return { ...stream, bytes: stream.bytes.subarray(0, length), ends: [...ends, length] };
}

/** The same bytes, and more in one chunk. */
export function continued(stream: Stream, more: Uint8Array): Stream {
  const bytes = concat(stream.bytes, more);
  return { ...stream, bytes, ends: [...stream.ends, bytes.length] };
}
