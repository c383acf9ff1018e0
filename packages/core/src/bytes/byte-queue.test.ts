import { concatBytes, patternBytes, sameBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { blockSize, borrowBlock, lendBlock, returnChunk } from "./block-pool.ts";
import { ByteQueue } from "./byte-queue.ts";

/** The lengths of the chunks into which parts of these lengths are cut. */
function cuts(parts: readonly number[]): number[] {
  const queue = new ByteQueue();
  for (const length of parts) {
    queue.writer.append(patternBytes(length));
    queue.appended(length);
  }
  const lengths: number[] = [];
  while (queue.length > 0) lengths.push(queue.take(1_000_000).length);
  return lengths;
}

describe("ByteQueue", () => {
  it.each([1, 2, 100, 4096, 10_000])("returns the appended bytes in order, in pieces of at most %i bytes", (limit) => {
    const queue = new ByteQueue();
    const parts = [patternBytes(3), patternBytes(5000, 1), patternBytes(700, 2), patternBytes(9000, 3)];
    for (const part of parts) {
      queue.writer.append(part);
      queue.appended(part.length);
    }
    expect(queue.length).toBe(14_703);
    const pieces: Uint8Array[] = [];
    while (queue.length > 0) {
      const piece = queue.take(limit);
      expect(piece.length > 0 && piece.length <= limit).toBe(true);
      pieces.push(piece);
    }
    expect(sameBytes(concatBytes(pieces), concatBytes(parts))).toBe(true);
    expect(queue.take(limit)).toHaveLength(0);
  });

  it("returns bytes appended between two takes after those already queued", () => {
    const queue = new ByteQueue();
    queue.writer.append(Uint8Array.of(1, 2, 3));
    queue.appended(3);
    expect([...queue.take(2)]).toEqual([1, 2]);
    queue.writer.append(Uint8Array.of(4));
    queue.appended(1);
    expect([...queue.take(9)]).toEqual([3]);
    expect([...queue.take(9)]).toEqual([4]);
    expect(queue.length).toBe(0);
  });

  it.each<[string, number[]]>([
    ["a few short parts", [128, 2, 65, 1]],
    ["short and long parts", [1000, 100, 4000, 3, 70_000, 5]],
    ["parts of all lengths up to 200 bytes", [...Array(200).keys()]],
  ])("cuts %s in the same places whether or not there are free blocks to reuse", (_, parts) => {
    for (let count = 0; count < 100; count++) borrowBlock(65);
    const withNone = cuts(parts);
    for (let count = 0; count < 8; count++) {
      const block = new Uint8Array(blockSize);
      lendBlock(block, block);
      returnChunk(block);
    }
    expect(cuts(parts)).toEqual(withNone);
  });
});
