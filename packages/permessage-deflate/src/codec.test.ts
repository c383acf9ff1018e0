/** Requirements on every codec in this package, including the cases that break other implementations. */

import type { TransformSink } from "@hybi/core";
import { concatBytes, hexBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { codecs, deflate, inflate, isSame } from "../tests/codecs.ts";
import { DeflateStream } from "../tests/deflate-stream.ts";
import { blockLength, type WindowBits } from "./codec.ts";

const truncated = "extension/data-truncated";
const malformed = "extension/data-malformed";

/** Bytes without long repetitions. */
function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state >> 16;
  });
}

/**
 * A message that stops within the header of a block with dynamic codes, constructed so that 00 00 ff ff completes the header
 * and the code that ends the block, and leaves some bits of the last octet over. If the code for "a code of length 1" is
 * `codeBits` ones, 16 - (1 + distances) * codeBits - 1 bits are left over.
 */
function endedByTail(codeBits: 5 | 6 | 7, distances: 1 | 2): Uint8Array {
  const headerBits = 3 + 14 + 18 * 3 + codeBits + 8 + 8;
  const stream = new DeflateStream();
  // Each nine-bit literal of the second block moves the end of the message by one bit, to a byte boundary.
  stream.fixed("ok");
  const nineBits = 8 - ((stream.bitLength + 10 + headerBits) % 8);
  stream.fixed(new Array<number>(nineBits).fill(0xff));
  stream
    .header(2)
    .bits(0, 5)
    .bits(distances - 1, 5)
    .bits(14, 4);
  const lengths = new Map([
    [18, 1],
    [17, 2],
    [16, 3],
    [0, codeBits],
    [1, codeBits],
  ]);
  for (const [index, symbol] of [8, 7, 6].slice(0, codeBits - 4).entries()) lengths.set(symbol, index + 4);
  for (const symbol of [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1]) {
    stream.bits(lengths.get(symbol) ?? 0, 3);
  }
  // The literal 0 has a code; 138 and 95 do not. The rest is in the tail: 22 without codes, the end of a block, distances.
  stream
    .bits(2 ** codeBits - 1, codeBits)
    .bits(0, 1)
    .bits(127, 7)
    .bits(0, 1)
    .bits(84, 7);
  if (stream.bitLength % 8 !== 0) throw new Error("bug: not at a byte boundary");
  return stream.bytes();
}

describe.each(codecs)("the %s codec", (_, codec) => {
  const inflater = (windowBits: WindowBits = 15) => codec.createInflater({ windowBits });
  const deflater = (windowBits: WindowBits = 15, level = 6) =>
    codec.createDeflater({ windowBits, level, memoryLevel: 8 });

  it("inflates the examples of RFC 7692 §7.2.3", () => {
    const one = inflater();
    expect(inflate(one, hexBytes("f2 48 cd c9 c9 07 00"))).toEqual(utf8Bytes("Hello"));
    expect(inflate(one, hexBytes("f2 00 11 00 00"))).toEqual(utf8Bytes("Hello"));
    expect(inflate(inflater(), hexBytes("00 05 00 fa ff 48 65 6c 6c 6f 00"))).toEqual(utf8Bytes("Hello"));
    expect(inflate(inflater(), hexBytes("f3 48 cd c9 c9 07 00 00"))).toEqual(utf8Bytes("Hello"));
    expect(inflate(inflater(), hexBytes("f2 48 05 00 00 00 ff ff ca c9 c9 07 00"))).toEqual(utf8Bytes("Hello"));
    expect(inflate(inflater(), hexBytes("00"))).toEqual(utf8Bytes(""));
  });

  it("reports a message as truncated wherever it is cut", () => {
    const text = noise(300);
    const whole = deflate(deflater(), concatBytes([text, utf8Bytes("the same, the same, the same"), text]));
    for (const payload of [hexBytes("f2 48 cd c9 c9 07 00"), hexBytes("00 05 00 fa ff 48 65 6c 6c 6f 00"), whole]) {
      for (let length = 0; length < payload.length; length++) {
        // The first byte of the stored block, by itself, is an empty message.
        if (length === 1 && payload[0] === 0x00) continue;
        const cut = payload.subarray(0, length);
        expect(inflate(inflater(), cut), `${length} of ${payload.length}`).toBe(truncated);
        expect(inflate(inflater(), ...Array.from(cut, (byte) => Uint8Array.of(byte))), `${length}`).toBe(truncated);
      }
    }
  });

  it("reports a final block as truncated unless the start of another block follows", () => {
    expect(inflate(inflater(), new DeflateStream().fixed("Hello", true).bytes())).toBe(truncated);
  });

  it("continues after final blocks, with its window", () => {
    const one = inflater();
    expect(inflate(one, new DeflateStream().fixed("Hello", true).align().end())).toEqual(utf8Bytes("Hello"));
    const again = new DeflateStream().fixed([{ length: 5, distance: 5 }], true).align();
    expect(
      inflate(
        one,
        again
          .fixed("!")
          .fixed([{ length: 4, distance: 4 }], true)
          .align()
          .end(),
      ),
    ).toEqual(utf8Bytes("Hello!llo!"));
    expect(inflate(one, hexBytes("f2 48 cd c9 c9 07 00"))).toEqual(utf8Bytes("Hello"));
    expect(inflate(one, new DeflateStream().fixed([{ length: 3, distance: 15 }]).end())).toEqual(utf8Bytes("Hel"));
  });

  it("accepts a message whose last block is final, and continues with its window", () => {
    const one = inflater();
    expect(inflate(one, new DeflateStream().fixed("Hello").end(true))).toEqual(utf8Bytes("Hello"));
    expect(inflate(one, new DeflateStream().fixed([{ length: 5, distance: 5 }]).end(true))).toEqual(utf8Bytes("Hello"));
    expect(inflate(one, new DeflateStream().fixed("").end(true))).toEqual(utf8Bytes(""));
    expect(inflate(one, new DeflateStream().fixed([{ length: 5, distance: 10 }]).end(true))).toEqual(
      utf8Bytes("Hello"),
    );
    expect(inflate(one)).toBe(truncated);
  });

  it("accepts a message of an empty block and an empty final block", () => {
    const one = inflater();
    expect(inflate(one, new DeflateStream().fixed("").end(true))).toEqual(utf8Bytes(""));
    expect(inflate(one, hexBytes("f2 48 cd c9 c9 07 00"))).toEqual(utf8Bytes("Hello"));
  });

  it("accepts empty blocks, whole and byte by byte", () => {
    const one = inflater();
    const payload = new DeflateStream().fixed("").fixed("").stored("").fixed("Hi").stored("").fixed("").fixed("").end();
    expect(inflate(one, payload)).toEqual(utf8Bytes("Hi"));
    expect(inflate(one, ...Array.from(payload, (byte) => Uint8Array.of(byte)))).toEqual(utf8Bytes("Hi"));
    expect(inflate(one, new DeflateStream().fixed("").end())).toEqual(utf8Bytes(""));
    expect(inflate(one, new DeflateStream().fixed([{ length: 3, distance: 4 }]).end())).toEqual(utf8Bytes("HiH"));
  });

  it("is not misled by a header that the tail completes", () => {
    // One, three and five bits of the tail are left over, so it does not end at a byte boundary.
    expect(inflate(inflater(), endedByTail(7, 1))).toBe(truncated);
    expect(inflate(inflater(), endedByTail(6, 1))).toBe(truncated);
    expect(inflate(inflater(), endedByTail(5, 1))).toBe(truncated);
    // No bits are left over: RFC 7692 §7.2.2 only requires that the data with its tail is valid DEFLATE.
    const one = inflater();
    const inflated = inflate(one, endedByTail(5, 2));
    expect(typeof inflated === "string" ? inflated : inflated.subarray(0, 2)).toEqual(utf8Bytes("ok"));
    expect(inflate(one, hexBytes("f2 48 cd c9 c9 07 00"))).toEqual(utf8Bytes("Hello"));
  });

  it.each([
    ["the reserved type of block", new DeflateStream().header(3).bytes()],
    ["a length that does not match its complement", hexBytes("00 05 00 fa fe 48 65 6c 6c 6f 00")],
    ["a distance beyond the beginning", new DeflateStream().fixed([0x61, { length: 3, distance: 2 }]).end()],
    [
      "codes that are no codes",
      new DeflateStream().header(2).bits(0x1f, 5).bits(0x1f, 5).bits(0, 4).bits(0, 12).bytes(),
    ],
    ["junk after a final block", concatBytes([new DeflateStream().fixed("Hello", true).bytes(), hexBytes("ff ff ff")])],
  ])("reports %s as malformed", (_title, payload) => {
    expect(inflate(inflater(), payload)).toBe(malformed);
    expect(inflate(inflater(), ...Array.from(payload, (byte) => Uint8Array.of(byte)))).toBe(malformed);
  });

  it.each([8, 9, 10, 11, 12, 13, 14, 15] as const)("limits distances to a window of %i bits exactly", (windowBits) => {
    const window = 2 ** windowBits;
    const data = noise(window + 10);
    const from = (distance: number) => new DeflateStream().fixed([{ length: 8, distance }]).end();
    for (const parts of [1, 2]) {
      const one = inflater(windowBits);
      const start = new DeflateStream();
      for (let at = 0; at < data.length; at += 32_768) start.stored(data.subarray(at, at + 32_768));
      if (parts === 1) {
        // All in one message, so in a single call of the codec.
        const inflated = inflate(one, start.fixed([{ length: 8, distance: window }]).end());
        expect(isSame(inflated, concatBytes([data, data.subarray(10, 18)]))).toBe(true);
      } else {
        expect(isSame(inflate(one, start.end()), data)).toBe(true);
        expect(inflate(one, from(window))).toEqual(data.subarray(10, 18));
      }
    }
    if (windowBits < 15) {
      expect(
        inflate(
          inflater(windowBits),
          new DeflateStream()
            .stored(data)
            .fixed([{ length: 3, distance: window + 1 }])
            .end(),
        ),
      ).toBe(malformed);
      const one = inflater(windowBits);
      inflate(one, new DeflateStream().stored(data).end());
      expect(inflate(one, from(window + 1))).toBe(malformed);
    }
  });

  it("outputs blocks of limited size, and stops as soon as the sink asks it to", () => {
    const payload = deflate(deflater(), new Uint8Array(10_000_000));
    const sizes: number[] = [];
    const one = inflater();
    const violation = one.push(payload, 0, payload.length, (_bytes, start, end) => sizes.push(end - start) < 3);
    expect(violation).toBeUndefined();
    expect(sizes).toEqual([blockLength, blockLength, blockLength]);
    one.close();
  });

  it("does not read into a block before it needs to, so that the cuts do not affect the result", () => {
    // The remaining bits of the last byte start a block of the reserved type.
    const payload = new DeflateStream().fixed("A").bits(0x3f, 6).bytes();
    expect(payload).toEqual(hexBytes("72 04 fc"));
    expect(inflate(inflater(), payload)).toBe(truncated);
    expect(inflate(inflater(), ...Array.from(payload, (byte) => Uint8Array.of(byte)))).toBe(truncated);
    expect(inflate(inflater(), payload, new Uint8Array(0))).toBe(truncated);
    expect(inflate(inflater(), concatBytes([payload, hexBytes("00")]))).toBe(malformed);
  });

  it("accepts another codec's output as input, without a copy", () => {
    const data = noise(200_000);
    const [outer, inner] = [deflater(), deflater()];
    const [outerBack, innerBack] = [inflater(), inflater()];
    const back: Uint8Array[] = [];
    const collect: TransformSink = (bytes, start, end) => back.push(bytes.slice(start, end)) > 0;
    const intoInnerBack: TransformSink = (bytes, start, end) =>
      innerBack.push(bytes, start, end, collect) === undefined;
    const intoOuterBack: TransformSink = (bytes, start, end) =>
      outerBack.push(bytes, start, end, intoInnerBack) === undefined;
    inner.push(data, 0, data.length, true, (bytes, start, end) => {
      outer.push(bytes, start, end, false, intoOuterBack);
      return true;
    });
    outer.push(data, 0, 0, true, intoOuterBack);
    expect([outerBack.finish(), innerBack.finish()]).toEqual([undefined, undefined]);
    expect(isSame(concatBytes(back), data)).toBe(true);
  });

  it("decodes many small blocks in linear time, including final ones", () => {
    const fourFixed = new DeflateStream().fixed("").fixed("").fixed("").fixed("").bytes();
    for (const unit of [fourFixed, new DeflateStream().fixed("", true).bytes(), hexBytes("00 00 00 ff ff")]) {
      const payload = concatBytes([...new Array<Uint8Array>(5000).fill(unit), hexBytes("00")]);
      const one = inflater();
      expect(inflate(one, payload)).toEqual(utf8Bytes(""));
      expect(inflate(one, hexBytes("f2 48 cd c9 c9 07 00"))).toEqual(utf8Bytes("Hello"));
    }
  });

  it("forgets its window on reset", () => {
    const one = inflater();
    expect(inflate(one, hexBytes("f2 48 cd c9 c9 07 00"))).toEqual(utf8Bytes("Hello"));
    one.reset();
    expect(inflate(one, hexBytes("f2 00 11 00 00"))).toBe(malformed);
    const other = inflater();
    expect(inflate(other, new DeflateStream().fixed("Hello", true).align().end())).toEqual(utf8Bytes("Hello"));
    other.reset();
    expect(inflate(other, new DeflateStream().fixed("Hello").end())).toEqual(utf8Bytes("Hello"));
    expect(inflate(other, new DeflateStream().fixed([{ length: 3, distance: 6 }]).end())).toBe(malformed);
    const compressor = deflater();
    const first = deflate(compressor, utf8Bytes("Hello Hello Hello"));
    expect(deflate(compressor, utf8Bytes("Hello Hello Hello")).length).toBeLessThan(first.length);
    compressor.reset();
    expect(deflate(compressor, utf8Bytes("Hello Hello Hello"))).toEqual(first);
    for (const used of [one, other, compressor]) used.close();
  });

  it("omits the four octets 00 00 ff ff at the end of a message, and nowhere else", () => {
    const compressor = deflater();
    const one = inflater();
    for (const parts of [["a"], ["a", "b"], ["a", "", "b", ""]]) {
      const payload = deflate(compressor, ...parts.map(utf8Bytes));
      expect(String(payload.subarray(-4))).not.toBe(String(hexBytes("00 00 ff ff")));
      expect(inflate(one, payload)).toEqual(utf8Bytes(parts.join("")));
    }
  });

  it("compresses more than one block of output, at any length", () => {
    const compressor = deflater(15, 0);
    const one = inflater();
    for (let length = blockLength - 16; length < blockLength + 4; length++) {
      const data = noise(length, length);
      expect(isSame(inflate(one, deflate(compressor, data)), data), `${length}`).toBe(true);
    }
    const data = noise(300_000);
    expect(isSame(inflate(one, deflate(deflater(), data, new Uint8Array(0))), data)).toBe(true);
  });

  it.each([8, 9, 10, 12, 15] as const)("stays within a window of %i bits", (windowBits) => {
    for (const level of [1, 6, 9]) {
      const compressor = deflater(windowBits, level);
      // An inflater checks that the window is respected.
      const one = codec.createInflater({ windowBits });
      const piece = noise(200);
      for (let gap = 0; gap < 700; gap += 23) {
        const data = concatBytes([piece, noise(gap, gap + 1), piece, piece]);
        expect(isSame(inflate(one, deflate(compressor, data)), data)).toBe(true);
      }
    }
  });
});
