import { concatBytes, patternBytes, sameBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { blockSize } from "./block-pool.ts";
import { appendCopyLimit, arrayCost, ByteWriter } from "./byte-writer.ts";

describe("ByteWriter", () => {
  it("returns nothing when nothing was appended", () => {
    const writer = new ByteWriter();
    expect(writer.isEmpty).toBe(true);
    expect(writer.take()).toEqual([]);
  });

  it.each([1, 63, 64, 65, 511, 1024, appendCopyLimit, appendCopyLimit + 1, blockSize, 200_000])(
    "returns %i bytes as they were appended, by copy and by reference",
    (length) => {
      const writer = new ByteWriter();
      const data = patternBytes(length);
      writer.append(data);
      writer.appendCopy(data, 0, length);
      writer.appendReference(data);
      writer.append(data);
      expect(writer.isEmpty).toBe(false);
      expect(sameBytes(concatBytes(writer.take()), concatBytes([data, data, data, data]))).toBe(true);
      expect(writer.isEmpty).toBe(true);
      expect(writer.take()).toEqual([]);
    },
  );

  it("takes two arrays by reference as its first, and goes on after them", () => {
    const writer = new ByteWriter();
    const [one, other, third] = [patternBytes(4), patternBytes(5000), patternBytes(10)];
    for (let round = 0; round < 2; round++) {
      expect(writer.appendFirst(one, other)).toBe(1);
      expect([writer.isEmpty, writer.chunkCount, writer.overhead]).toEqual([false, 2, 2 * arrayCost]);
      writer.append(third);
      const chunks = writer.take();
      expect([chunks[0] === one, chunks[1] === other, chunks[2]]).toEqual([true, true, third]);
      expect([writer.isEmpty, writer.overhead]).toEqual([true, 0]);
    }
  });

  it("copies up to appendCopyLimit bytes and references longer arrays", () => {
    const writer = new ByteWriter();
    const short = patternBytes(appendCopyLimit);
    const long = patternBytes(appendCopyLimit + 1);
    writer.append(short);
    writer.append(long);
    short.fill(0);
    const chunks = writer.take();
    expect(chunks.at(-1)).toBe(long);
    expect(sameBytes(concatBytes(chunks.slice(0, -1)), patternBytes(appendCopyLimit))).toBe(true);
  });

  it("copies a range of an array", () => {
    const writer = new ByteWriter();
    writer.appendCopy(patternBytes(100), 10, 20);
    writer.appendCopy(patternBytes(100), 0, 5);
    expect(
      sameBytes(concatBytes(writer.take()), concatBytes([patternBytes(100).subarray(10, 20), patternBytes(5)])),
    ).toBe(true);
  });

  it("provides room at block[position], and outputs as many bytes as position advanced", () => {
    const writer = new ByteWriter();
    for (let round = 0; round < 1000; round++) {
      writer.reserve(50);
      expect(writer.block.length - writer.position).toBeGreaterThanOrEqual(50);
      writer.block[writer.position] = round;
      writer.position += 1;
    }
    const all = concatBytes(writer.take());
    expect(all.length).toBe(1000);
    expect(all.every((byte, index) => byte === (index & 0xff))).toBe(true);
  });

  it("keeps the order of copied and referenced data", () => {
    const writer = new ByteWriter();
    const expected: Uint8Array[] = [];
    for (let index = 0; index < 300; index++) {
      const data = patternBytes((index * 37) % 6000, index);
      expected.push(data);
      writer.append(data);
    }
    expect(sameBytes(concatBytes(writer.take()), concatBytes(expected))).toBe(true);
  });

  it("knows the index of the chunk that the block becomes, and what can be reserved without allocating", () => {
    const writer = new ByteWriter();
    while (writer.hasRoom(1)) new ByteWriter().reserve(100);
    expect([writer.chunkCount, writer.hasRoom(1)]).toEqual([0, false]);
    writer.reserve(100);
    expect([writer.hasRoom(100), writer.hasRoom(101)]).toEqual([true, false]);
    writer.position = 10;
    expect([writer.chunkCount, writer.hasRoom(90), writer.hasRoom(91)]).toEqual([0, true, false]);
    const index = writer.appendReference(patternBytes(5000));
    expect([index, writer.chunkCount]).toEqual([1, 2]);
    expect(writer.take()).toHaveLength(2);
    expect(writer.chunkCount).toBe(0);
  });

  it("never writes to a chunk that was taken", () => {
    const writer = new ByteWriter();
    const taken: [chunk: Uint8Array, copy: Uint8Array][] = [];
    for (let round = 0; round < 500; round++) {
      writer.append(patternBytes(round, round));
      if (round % 3 === 0) writer.appendReference(patternBytes(round % 7));
      if (round % 5 === 0) for (const chunk of writer.take()) taken.push([chunk, chunk.slice()]);
    }
    expect(taken.every(([chunk, copy]) => sameBytes(chunk, copy))).toBe(true);
  });

  it("adapts its block size: after a few turns, one chunk per turn", () => {
    const writer = new ByteWriter();
    for (let turn = 0; turn < 5; turn++) {
      for (let index = 0; index < 100; index++) writer.append(patternBytes(50));
      const chunks = writer.take();
      if (turn >= 3) expect(chunks).toHaveLength(1);
    }
  });
});
