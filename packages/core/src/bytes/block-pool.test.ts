import { describe, expect, it, vi } from "vitest";
import {
  blockSize,
  borrowBlock,
  claimChunk,
  hasFreeBlock,
  isWholeLoan,
  lendBlock,
  newOwner,
  returnChunk,
} from "./block-pool.ts";

/** Takes every free block, so that the next one borrowed is new. */
function drain(): void {
  for (let count = 0; count < 100; count++) borrowBlock(65);
}

/** Returns a whole block to the pool, and returns its buffer. */
function freed(): ArrayBufferLike {
  const block = new Uint8Array(blockSize);
  lendBlock(block, block);
  returnChunk(block);
  return block.buffer;
}

describe("borrowBlock", () => {
  it("allocates a block of the requested size when none is free", () => {
    drain();
    expect(borrowBlock(100)).toHaveLength(100);
    expect(borrowBlock(blockSize + 1)).toHaveLength(blockSize + 1);
  });

  it("always allocates a small block", () => {
    freed();
    expect(borrowBlock(64)).toHaveLength(64);
    expect([hasFreeBlock(65), hasFreeBlock(blockSize), hasFreeBlock(blockSize + 1)]).toEqual([true, true, false]);
    drain();
    expect(hasFreeBlock(65)).toBe(false);
  });

  it("reuses a free block for any size above 64 that fits into it, and for no other", () => {
    drain();
    const buffer = freed();
    expect(borrowBlock(blockSize + 1).buffer).not.toBe(buffer);
    const block = borrowBlock(65);
    expect(block.buffer === buffer && block.length === blockSize).toBe(true);
    expect(borrowBlock(65).buffer).not.toBe(buffer);
  });
});

describe("noteHandedBack", () => {
  it("gives large blocks to a transport that hands chunks back, a few at most, whatever it hands back", async () => {
    vi.resetModules();
    const fresh = await import("./block-pool.ts");
    const sizes = Array.from({ length: 6 }, () => {
      fresh.noteHandedBack(new Uint8Array(16));
      fresh.noteHandedBack(new Uint8Array(17));
      return fresh.borrowBlock(100).length;
    });
    expect(sizes).toEqual([blockSize, blockSize, blockSize, blockSize, 100, 100]);
  });
});

describe("claimChunk", () => {
  it("lets the first owner that claims a chunk of a block claim the rest of it in order, and no other owner", () => {
    const [owner, other] = [newOwner(), newOwner()];
    const [block, later] = [new Uint8Array(blockSize), new Uint8Array(blockSize)];
    lendBlock(block, block.subarray(0, 600));
    for (const latest of [true, false]) {
      if (!latest) lendBlock(later, later.subarray(0, 300));
      const start = latest ? 0 : 300;
      const claim = (from: number, to: number, who: number) =>
        claimChunk(block.subarray(start + from, start + to), who);
      expect(claim(0, 100, owner)).toBe(true);
      expect(claim(100, 200, other)).toBe(false);
      // What was taken is sent on as the payload of a message.
      expect(claim(0, 100, owner)).toBe(false);
      expect(claim(50, 200, owner)).toBe(false);
      expect(claim(100, 200, owner)).toBe(true);
    }
  });

  it("returns false for headers and for chunks outside a lent block", () => {
    const owner = newOwner();
    const block = new Uint8Array(blockSize);
    expect(claimChunk(block, owner)).toBe(false);
    expect(claimChunk(new Uint8Array(100), owner)).toBe(false);
    lendBlock(block, block.subarray(0, 300));
    expect(claimChunk(block.subarray(0, 16), owner)).toBe(false);
  });
});

describe("isWholeLoan", () => {
  it("recognizes the whole loan of a block to its owner, until part of it has been returned", () => {
    const [owner, other] = [newOwner(), newOwner()];
    const block = new Uint8Array(blockSize);
    const whole = block.subarray(0, 300);
    lendBlock(block, whole);
    expect(isWholeLoan(whole, owner)).toBe(false);
    claimChunk(whole, owner);
    expect([isWholeLoan(whole, owner), isWholeLoan(whole.subarray(0), owner)]).toEqual([true, false]);
    expect([isWholeLoan(whole, other), isWholeLoan(new Uint8Array(300), owner)]).toEqual([false, false]);
    expect([whole.subarray(0, 299), whole.subarray(1)].map((part) => isWholeLoan(part, owner))).toEqual([false, false]);
    returnChunk(whole.subarray(0, 100));
    expect(isWholeLoan(whole, owner)).toBe(false);
  });
});

describe("returnChunk", () => {
  it("frees a block once all of its chunks are back, in any order", () => {
    drain();
    const block = new Uint8Array(blockSize);
    lendBlock(block, block.subarray(0, 300));
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

  it("frees each of several lent blocks once its own chunks are back", () => {
    drain();
    const [first, second, third] = Array.from({ length: 3 }, () => new Uint8Array(blockSize)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    for (const block of [first, second, third]) lendBlock(block, block.subarray(0, 300));
    for (const block of [second, third, first]) returnChunk(block.subarray(0, 200));
    const buffers = [first.buffer, second.buffer, third.buffer];
    expect(buffers).not.toContain(borrowBlock(65).buffer);
    for (const block of [third, first]) returnChunk(block.subarray(200, 300));
    expect(borrowBlock(65).buffer).toBe(first.buffer);
    expect(borrowBlock(65).buffer).toBe(third.buffer);
    returnChunk(second.subarray(200, 300));
    expect(borrowBlock(65).buffer).toBe(second.buffer);
  });

  it("ignores chunks that were never lent, have another size, are headers or are back already", () => {
    drain();
    const block = new Uint8Array(blockSize);
    returnChunk(block);
    expect(borrowBlock(65).buffer).not.toBe(block.buffer);
    const small = new Uint8Array(100);
    lendBlock(small, small);
    returnChunk(small);
    expect(borrowBlock(65).buffer).not.toBe(small.buffer);
    lendBlock(block, block.subarray(0, 150));
    returnChunk(block.subarray(0, 16));
    returnChunk(block.subarray(0, 150));
    returnChunk(block.subarray(0, 150));
    expect(borrowBlock(65).buffer).toBe(block.buffer);
    expect(borrowBlock(65).buffer).not.toBe(block.buffer);
  });

  it("keeps at most 64 blocks and leaves the rest to the garbage collector", () => {
    drain();
    const buffers = Array.from({ length: 70 }, freed);
    const found = Array.from({ length: 70 }, () => borrowBlock(65).buffer).filter((buffer) => buffers.includes(buffer));
    expect(found).toHaveLength(64);
  });
});
