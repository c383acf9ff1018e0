import { describe, expect, it } from "vitest";
import { concat, patterned, sameBytes } from "../../tests/support/bytes.ts";
import { ByteStore } from "./byte-store.ts";
import { Slab } from "./slab.ts";

/** Stores parts of these lengths, each of an array of its own; `stays` as told. */
function stored(lengths: readonly number[], stays: boolean): { store: ByteStore; whole: Uint8Array } {
  const store = new ByteStore();
  const parts = lengths.map((length, index) => patterned(length, index));
  for (const part of parts) store.append(part, 0, part.length, stays);
  return { store, whole: concat(parts) };
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
  it.each(shapes.map((lengths) => ({ lengths })))(
    "joins parts of $lengths bytes as they were appended",
    ({ lengths }) => {
      for (const stays of [true, false]) {
        const first = stored(lengths, stays);
        expect(first.store.length).toBe(first.whole.length);
        expect(sameBytes(first.store.join(new Slab()), first.whole)).toBe(true);
        const second = stored(lengths, stays);
        expect(sameBytes(second.store.joinBriefly().subarray(0, second.store.length), second.whole)).toBe(true);
      }
    },
  );

  it("appends a range of an array, and what does not stay by copy [F25]", () => {
    const store = new ByteStore();
    const array = patterned(10_000);
    store.append(array, 100, 9000, false);
    store.append(array, 10, 20, true);
    array.fill(0);
    expect(sameBytes(store.join(new Slab()).subarray(0, 8900), patterned(10_000).subarray(100, 9000))).toBe(true);
  });

  it("keeps by reference what is most of its buffer, and copies what would pin a large one [F25]", () => {
    const referred = patterned(8000);
    const pinning = patterned(80_000);
    const store = new ByteStore();
    store.append(referred, 0, 8000, true);
    store.append(pinning, 0, 8000, true);
    referred[0] = 99;
    pinning[0] = 99;
    const joined = store.join(new Slab());
    expect([joined[0], joined[8000]]).toEqual([99, 0]);
  });

  it("gives an array of its own, exactly as large as what is in it, but for short ones, which share the slab [F25]", () => {
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

  it("joins briefly in memory that is used again, up to 1 MiB", () => {
    const first = stored([5000, 5000], true);
    const second = stored([6000, 3000], true);
    const memory = first.store.joinBriefly();
    expect(second.store.joinBriefly().buffer).toBe(memory.buffer);
    const large = stored([600_000, 600_000], true);
    expect(large.store.joinBriefly().length).toBe(1_200_000);
    const limit = stored([524_288, 524_288], true);
    expect(limit.store.joinBriefly().length).toBe(1_048_576);
  });
});
