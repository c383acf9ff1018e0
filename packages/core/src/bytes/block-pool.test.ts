import { describe, expect, it, vi } from "vitest";
import { blockSize, borrowBlock, lendBlock, returnChunk } from "./block-pool.ts";

/** Takes every free block, so that what is borrowed next is new. */
function drain(): void {
  for (let count = 0; count < 100; count++) borrowBlock(65);
}

/** Returns a whole block to the pool; answers its buffer. */
function freed(): ArrayBufferLike {
  const block = new Uint8Array(blockSize);
  lendBlock(block, blockSize);
  returnChunk(block);
  return block.buffer;
}

describe("borrowBlock", () => {
  it("makes a block of the size where none is free", () => {
    drain();
    expect(borrowBlock(100)).toHaveLength(100);
    expect(borrowBlock(blockSize + 1)).toHaveLength(blockSize + 1);
  });

  it("makes a small block in any case", () => {
    freed();
    expect(borrowBlock(64)).toHaveLength(64);
  });

  it("gives a free block for any larger size that it holds, and never for a greater one", () => {
    drain();
    const buffer = freed();
    expect(borrowBlock(blockSize + 1).buffer).not.toBe(buffer);
    const block = borrowBlock(65);
    expect(block.buffer === buffer && block.length === blockSize).toBe(true);
    expect(borrowBlock(65).buffer).not.toBe(buffer);
  });
});

describe("returnChunk", () => {
  it("lends a transport that hands chunks back a few large blocks, whatever it hands back", async () => {
    vi.resetModules();
    const fresh = await import("./block-pool.ts");
    const sizes = Array.from({ length: 6 }, () => {
      fresh.returnChunk(new Uint8Array(17));
      return fresh.borrowBlock(100).length;
    });
    expect(sizes).toEqual([blockSize, blockSize, blockSize, blockSize, 100, 100]);
  });

  it("frees a block when all of its chunks are back, in any order", () => {
    drain();
    const block = new Uint8Array(blockSize);
    lendBlock(block, 300);
    for (const [start, end] of [
      [200, 300],
      [0, 100],
    ] as const) {
      returnChunk(block.subarray(start, end));
      expect(borrowBlock(65).buffer).not.toBe(block.buffer);
    }
    returnChunk(block.subarray(100, 200));
    expect(borrowBlock(65).buffer).toBe(block.buffer);
  });

  it("frees each of several blocks that are lent at the same time when its own chunks are back", () => {
    drain();
    const [first, second, third] = Array.from({ length: 3 }, () => new Uint8Array(blockSize)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    for (const block of [first, second, third]) lendBlock(block, 300);
    for (const block of [second, third, first]) returnChunk(block.subarray(0, 200));
    const buffers = [first.buffer, second.buffer, third.buffer];
    expect(buffers).not.toContain(borrowBlock(65).buffer);
    for (const block of [third, first]) returnChunk(block.subarray(200, 300));
    expect(borrowBlock(65).buffer).toBe(first.buffer);
    expect(borrowBlock(65).buffer).toBe(third.buffer);
    returnChunk(second.subarray(200, 300));
    expect(borrowBlock(65).buffer).toBe(second.buffer);
  });

  it("leaves alone what was never lent, what is of another size, and what is back already", () => {
    drain();
    const block = new Uint8Array(blockSize);
    returnChunk(block);
    expect(borrowBlock(65).buffer).not.toBe(block.buffer);
    const small = new Uint8Array(100);
    lendBlock(small, 100);
    returnChunk(small);
    expect(borrowBlock(65).buffer).not.toBe(small.buffer);
    lendBlock(block, 50);
    returnChunk(block.subarray(0, 50));
    returnChunk(block.subarray(0, 50));
    expect(borrowBlock(65).buffer).toBe(block.buffer);
    expect(borrowBlock(65).buffer).not.toBe(block.buffer);
  });

  it("keeps at most 64 blocks: the rest is garbage", () => {
    drain();
    const buffers = Array.from({ length: 70 }, freed);
    const found = Array.from({ length: 70 }, () => borrowBlock(65).buffer).filter((buffer) => buffers.includes(buffer));
    expect(found).toHaveLength(64);
  });
});
