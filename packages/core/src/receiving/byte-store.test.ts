import { concatBytes, patternBytes, sameBytes } from "@hybi/testing/wire";
import { describe, expect, it, vi } from "vitest";
import { ByteStore } from "./byte-store.ts";
import { Slab } from "./slab.ts";

/** Stores parts of these lengths, each in an array of its own, with the given `stays`. */
function stored(lengths: readonly number[], stays: boolean): { store: ByteStore; whole: Uint8Array } {
  const store = new ByteStore();
  const parts = lengths.map((length, index) => patternBytes(length, index));
  for (const part of parts) {
    store.append(part, 0, part.length, stays);
    store.settle();
  }
  return { store, whole: concatBytes(parts) };
}

/** The sizes of the arrays that `work` allocates, in order. */
function sizesAllocated(work: () => void): number[] {
  const sizes: number[] = [];
  const Platform = globalThis.Uint8Array;
  globalThis.Uint8Array = new Proxy(Platform, {
    construct: (target, parameters, self) => {
      if (typeof parameters[0] === "number") sizes.push(parameters[0]);
      return Reflect.construct(target, parameters, self);
    },
  });
  try {
    work();
  } finally {
    globalThis.Uint8Array = Platform;
  }
  return sizes;
}

const shapes = [
  [],
  [1],
  [0],
  [200],
  [256],
  [257],
  [23, 24, 25],
  [255, 1, 1],
  [5000],
  [100, 5000],
  [5000, 100],
  [5000, 100, 5000, 100],
  [4095, 4096, 4097],
  [70_000, 3],
  [3, 70_000, 3, 70_000],
  Array.from({ length: 1000 }, () => 1),
  Array.from({ length: 300 }, (_, index) => index),
  [600_000, 600_000],
  [1_048_577],
];

describe("ByteStore", () => {
  it.each(shapes.map((lengths) => ({ lengths })))("joins parts of $lengths bytes in order", ({ lengths }) => {
    for (const stays of [true, false]) {
      const { store, whole } = stored(lengths, stays);
      expect(store.length).toBe(whole.length);
      expect(sameBytes(store.join(new Slab()), whole)).toBe(true);
      expect(store.length).toBe(0);
      const brief = stored(lengths, stays);
      expect(sameBytes(brief.store.joinBriefly().subarray(0, brief.whole.length), brief.whole)).toBe(true);
    }
  });

  it("appends a range of an array, and copies an array that will not stay [F25]", () => {
    const store = new ByteStore();
    const array = patternBytes(10_000);
    store.append(array, 100, 9000, false);
    store.append(array, 10, 20, true);
    array.fill(0);
    expect(sameBytes(store.join(new Slab()).subarray(0, 8900), patternBytes(10_000).subarray(100, 9000))).toBe(true);
  });

  it("references parts that are most of their buffer, and copies those that would pin a large one, at the end of the chunk [F25]", () => {
    const referred = patternBytes(8192);
    const pinning = patternBytes(80_000);
    const store = new ByteStore();
    for (const array of [referred, pinning]) {
      store.append(array, 0, 4096, true);
      store.append(array, 4096, 8192, true);
      store.settle();
    }
    referred[0] = 99;
    pinning[0] = 99;
    const joined = store.join(new Slab());
    expect([joined[0], joined[8192]]).toEqual([99, 0]);
  });

  it.each([
    { of: 9216, lengths: [8192], kept: true },
    { of: 9217, lengths: [8192], kept: false },
    { of: 4096, lengths: [4096], kept: true },
    { of: 4095, lengths: [4095], kept: false },
    { of: 8192, lengths: [4000, 4192], kept: true },
    { of: 8191, lengths: [4096, 4095], kept: false },
  ])("references parts of $lengths bytes of a buffer of $of bytes: $kept [F25]", ({ of, lengths, kept }) => {
    const array = patternBytes(of);
    const store = new ByteStore();
    let end = 0;
    for (const length of lengths) {
      store.append(array, end, end + length, true);
      end += length;
    }
    store.settle();
    array.fill(99);
    const expected = kept ? array : patternBytes(of);
    expect(sameBytes(store.join(new Slab()), expected.subarray(0, end))).toBe(true);
  });

  it("copies many short parts even if they are most of their buffer", () => {
    const array = patternBytes(8000);
    const store = new ByteStore();
    for (let at = 0; at < 8000; at += 1000) store.append(array, at, at + 1000, true);
    store.settle();
    array.fill(99);
    expect(sameBytes(store.join(new Slab()), patternBytes(8000))).toBe(true);
  });

  it("references more parts of a chunk than a call can have arguments", () => {
    const array = patternBytes(4096);
    const store = new ByteStore();
    for (let count = 0; count < 200_000; count++) store.append(array, 0, 4096, true);
    store.settle();
    expect(store.length).toBe(200_000 * 4096);
  });

  it("keeps the order of parts copied at once and parts that wait for the end of the chunk", () => {
    for (const [settle, join] of [
      [true, "join"],
      [true, "joinBriefly"],
      [false, "join"],
      [false, "joinBriefly"],
    ] as const) {
      const array = patternBytes(3000);
      const store = new ByteStore();
      for (const [start, end] of [
        [0, 10],
        [10, 500],
        [500, 520],
        [520, 1500],
        [1500, 1600],
        [1600, 3000],
      ] as const) {
        store.append(array, start, end, true);
      }
      if (settle) store.settle();
      const joined = join === "join" ? store.join(new Slab()) : store.joinBriefly();
      expect(sameBytes(joined.subarray(0, 3000), patternBytes(3000))).toBe(true);
    }
  });

  it("copies parts of less than 128 bytes at once, since many views would take more memory than the bytes [F25]", () => {
    for (const [length, copied] of [
      [127, true],
      [128, false],
    ] as const) {
      const array = patternBytes(1000);
      const store = new ByteStore();
      store.append(array, 500, 500 + length, true);
      array.fill(99);
      expect(store.join(new Slab())[0]).toBe(copied ? patternBytes(501)[500] : 99);
    }
  });

  it("copies a part of less than 4 KiB at once if it ends its chunk, since nothing is gained by waiting", () => {
    for (const [length, copied] of [
      [4095, true],
      [4096, false],
    ] as const) {
      const array = patternBytes(5000);
      const store = new ByteStore();
      store.append(array, 500, 500 + length, true, true);
      array.fill(99);
      expect(store.join(new Slab())[0]).toBe(copied ? patternBytes(501)[500] : 99);
    }
  });

  it("keeps the order of a short part that ends its chunk, and of the parts before it", () => {
    const array = patternBytes(3000);
    const store = new ByteStore();
    store.append(array, 0, 1000, true);
    store.append(array, 1000, 1200, true, true);
    store.settle();
    expect(sameBytes(store.join(new Slab()), array.subarray(0, 1200))).toBe(true);
  });

  describe("of a message whose length is known", () => {
    /** Appends a part of `whole`, announcing the length of all of it. */
    function expectAndAppend(store: ByteStore, whole: Uint8Array, start: number, end: number, slab = new Slab()): void {
      store.expect(whole.length, end - start, slab);
      store.append(whole, start, end, true, true);
      store.settle();
    }

    it("allocates the whole once a quarter has arrived, and nothing after that", () => {
      const whole = patternBytes(40_000);
      const store = new ByteStore();
      expect(sizesAllocated(() => expectAndAppend(store, whole, 0, 9_999))).not.toContain(40_000);
      expect(store.heldLength).toBeLessThan(2 * 9_999 + 1_000);
      expect(sizesAllocated(() => expectAndAppend(store, whole, 9_999, 10_000))).toEqual([40_000]);
      expect(store.heldLength).toBeGreaterThanOrEqual(40_000);
      expect(store.heldLength).toBeLessThan(41_000);
      let joined: Uint8Array | undefined;
      const slab = new Slab();
      const allocated = sizesAllocated(() => {
        for (let at = 10_000; at < 40_000; at += 1_000) expectAndAppend(store, whole, at, at + 1_000);
        expect(store.length).toBe(40_000);
        joined = store.join(slab);
      });
      expect(allocated).toEqual([]);
      expect(joined !== undefined && sameBytes(joined, whole)).toBe(true);
      expect([store.length, store.heldLength]).toEqual([0, 0]);
    });

    it.each([10, 64, 65, 2048, 2049, 9000])("joins %i bytes in order, however they are cut", (length) => {
      const whole = patternBytes(length);
      for (const cut of [1, Math.floor(length / 4), Math.ceil(length / 4), length >> 1, length - 1]) {
        const store = new ByteStore();
        const slab = new Slab();
        for (let round = 0; round < 2; round++) {
          expectAndAppend(store, whole, 0, cut, slab);
          expectAndAppend(store, whole, cut, length, slab);
          expect(sameBytes(store.join(slab), whole)).toBe(true);
        }
      }
    });

    it("keeps a short message out of the slab until it is complete, since the application may transfer the slab", () => {
      const slab = new Slab();
      const first = slab.carve(500);
      const whole = patternBytes(1000);
      const store = new ByteStore();
      expectAndAppend(store, whole, 0, 900, slab);
      structuredClone(first.buffer, { transfer: [first.buffer as ArrayBuffer] });
      expectAndAppend(store, whole, 900, 1000, slab);
      expect(sameBytes(store.join(slab), whole)).toBe(true);
    });
  });

  it("is empty after a join, and accepts the next message", () => {
    const store = new ByteStore();
    for (const length of [50, 5000, 500]) {
      const whole = patternBytes(length);
      store.append(whole, 0, length, true);
      expect(sameBytes(store.joinBriefly().subarray(0, length), whole)).toBe(true);
      expect(store.length).toBe(0);
      store.append(whole, 0, length, false);
      expect(sameBytes(store.join(new Slab()), whole)).toBe(true);
    }
  });

  it("shares no memory with another store, however often each was joined before [F25]", () => {
    const stores = [70_000, 300, 140_000].map((length) => ({ store: new ByteStore(), length }));
    for (let round = 0; round < 5; round++) {
      const wholes = stores.map(({ length }, index) => patternBytes(length, 3 * round + index));
      for (let at = 0; at < 140_000; at += 100) {
        for (const [index, { store, length }] of stores.entries()) {
          if (at < length) store.append(wholes[index]!, at, at + 100, false);
        }
      }
      for (const [index, { store, length }] of stores.entries()) {
        const joined = round % 2 === 0 ? store.join(new Slab()) : store.joinBriefly();
        expect(sameBytes(joined.subarray(0, length), wholes[index]!)).toBe(true);
      }
    }
  });

  describe("blocks of messages", () => {
    /** A store of short parts, which are kept in the store's own blocks. */
    const filled = (...lengths: readonly number[]): ByteStore => stored(lengths, false).store;

    it("are reused by the next message, after join and joinBriefly, and after several blocks", () => {
      const block = filled(200).joinBriefly();
      expect(block.length).toBe(256);
      expect(filled(200).joinBriefly() === block).toBe(true);
      filled(200).join(new Slab());
      expect(filled(200).joinBriefly() === block).toBe(true);
      filled(200, 200, 200).join(new Slab());
      expect(filled(200).joinBriefly() === block).toBe(true);
      filled(200, 200, 200).joinBriefly();
      expect(filled(200).joinBriefly() === block).toBe(true);
    });

    it("double in size one after another, from 256 bytes to 64 KiB", async () => {
      // A fresh module: no blocks have been given back to it.
      vi.resetModules();
      const module: typeof import("./byte-store.ts") = await import("./byte-store.ts");
      const array = patternBytes(1000);
      const allocated = sizesAllocated(() => {
        const store = new module.ByteStore();
        for (let count = 0; count < 200_000; count++) store.append(array, 999, 1000, false);
        expect(store.length).toBe(200_000);
      });
      expect(allocated).toEqual([256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 65_536, 65_536]);
    });

    it("are kept for reuse, up to 16 of one size", () => {
      const join20 = (): Uint8Array[] =>
        Array.from({ length: 20 }, () => filled(30_000)).map((store) => store.joinBriefly());
      const first = new Set(join20());
      expect(first.size).toBe(20);
      expect(join20().filter((block) => first.has(block)).length).toBe(16);
    });
  });

  it("returns an array of exactly its size in its own buffer, except short arrays, which share the slab [F25]", () => {
    for (const length of [1, 64, 2049, 3000, 4097, 70_000]) {
      const { store } = stored(
        Array.from({ length }, () => 1),
        true,
      );
      expect(store.join(new Slab()).buffer.byteLength).toBe(length);
    }
    for (const length of [65, 100, 1000, 2048]) {
      const { store } = stored(
        Array.from({ length }, () => 1),
        true,
      );
      expect(store.join(new Slab()).buffer.byteLength).toBe(8192);
    }
  });

  it("joins briefly in memory that is reused, and doubled when too small, up to 1 MiB", () => {
    const join = (...lengths: number[]): Uint8Array => stored(lengths, true).store.joinBriefly();
    const memory = join(5000, 5000);
    expect(join(6000, 3000) === memory).toBe(true);
    const doubled = join(memory.length, 5000);
    expect(doubled.length).toBe(2 * memory.length);
    expect(join(5000, 5000) === doubled).toBe(true);
    expect(join(300_000, 300_000).length).toBeLessThanOrEqual(1_048_576);
    const largest = join(350_000, 350_000);
    expect(largest.length).toBe(1_048_576);
    expect(join(524_288, 524_288) === largest).toBe(true);
    expect(join(600_000, 600_000).length).toBe(1_200_000);
    expect(join(5000, 5000) === largest).toBe(true);
  });
});
