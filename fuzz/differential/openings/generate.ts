/** Generates streams from heads given as text with a char per byte: half are legal, the others changed; all cut anywhere. */
import { Random } from "../../random.ts";
import { endsOfChunks, mutate } from "../mutations.ts";
import type { Stream } from "../stream.ts";
import type { StreamGenerator } from "../subject.ts";

/** Bytes with a meaning in a head. */
const notableBytes = [0x00, 0x09, 0x0a, 0x0d, 0x20, 0x2c, 0x3a, 0x3b, 0x3d, 0x7f, 0x80, 0xa0, 0xff];

/** Returns the streams of one seed, for a subject of this `role`; `write` creates a head and the bytes behind it. */
export function headStreams(
  seed: number,
  role: Stream["role"],
  write: (random: Random, faulty: boolean) => string,
): StreamGenerator {
  return {
    stream(index: number): Stream {
      const random = new Random(seed, index);
      const faulty = random.oneIn(2);
      return received(random, role, write(random, faulty), faulty);
    },
  };
}

/** Returns the separator between two parts of a start line. */
export function startLineSpace(random: Random, faulty: boolean): string {
  return faulty && random.oneIn(40) ? random.of(["", "  ", "\t", " \t", "\x0b", "\r"]) : " ";
}

/** Returns the stream of `text` in chunks: if `faulty`, sometimes changed, and sometimes cut short. */
function received(random: Random, role: Stream["role"], text: string, faulty: boolean): Stream {
  let bytes: Uint8Array = Uint8Array.from(Buffer.from(text, "latin1"));
  if (faulty && random.oneIn(4)) {
    for (let count = 1 + random.below(3); count > 0; count--) bytes = mutate(random, bytes, notableBytes);
  }
  if (random.oneIn(14)) bytes = bytes.subarray(0, random.below(bytes.length + 1));
  return { role, deflate: random.oneIn(2), bytes, ends: endsOfChunks(random, bytes.length) };
}
