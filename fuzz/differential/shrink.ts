/** Minimizes a stream on which hybi and a peer disagree, as far as a simple search can. */

import { concat } from "../bytes.ts";
import { compare, type Finding } from "./compare.ts";
import type { Stream } from "./stream.ts";

export async function shrink(finding: Finding): Promise<Finding> {
  let smallest = finding;
  const tryIt = async (stream: Stream): Promise<boolean> => {
    const [found] = await compare(finding.peer, [stream], [finding.peer.subject.ours(stream)], new Map());
    if (found === undefined) return false;
    smallest = found;
    return true;
  };

  const { length } = finding.stream.bytes;
  (await tryIt({ ...finding.stream, ends: [length] })) ||
    (await tryIt({ ...finding.stream, ends: Array.from({ length }, (_, index) => index + 1) }));
  for (let size = Math.ceil(length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.stream.bytes.length; ) {
      if (!(await tryIt(without(smallest.stream, at, size)))) at += size;
    }
  }
  for (let at = 0; at < smallest.stream.bytes.length; at++) {
    for (const byte of [0x00, 0x80]) {
      if (smallest.stream.bytes[at] === byte) break;
      const bytes = smallest.stream.bytes.slice();
      bytes[at] = byte;
      if (await tryIt({ ...smallest.stream, bytes })) break;
    }
  }
  return smallest;
}

/** Returns the stream without `size` bytes from `at`. */
function without(stream: Stream, at: number, size: number): Stream {
  const until = Math.min(stream.bytes.length, at + size);
  const bytes = concat(stream.bytes.subarray(0, at), stream.bytes.subarray(until));
  const moved = stream.ends.map((end) => (end <= at ? end : Math.max(at, end - (until - at))));
  const ends = [...new Set(moved)].filter((end) => end > 0 && end < bytes.length);
  return { ...stream, bytes, ends: [...ends, bytes.length] };
}
