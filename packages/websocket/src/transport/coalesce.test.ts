import { describe, expect, it } from "vitest";
import { coalesce } from "./coalesce.ts";

const filled = (length: number, value = 1): Uint8Array => new Uint8Array(length).fill(value);
const lengths = (chunks: readonly Uint8Array[]): number[] => chunks.map(({ length }) => length);

describe("joined", () => {
  it("returns a single chunk, or none, unchanged", () => {
    const one = [filled(3)];
    expect(coalesce(one)).toBe(one);
    expect(coalesce([])).toEqual([]);
  });

  it("merges short chunks in order", () => {
    expect(coalesce([filled(2, 1), filled(1, 2), filled(2, 3)])).toEqual([Uint8Array.of(1, 1, 2, 3, 3)]);
  });

  it("keeps a long chunk without copying it", () => {
    const long = filled(16_385);
    const chunks = coalesce([filled(4), filled(4), long, filled(4), filled(4)]);
    expect(lengths(chunks)).toEqual([8, 16_385, 8]);
    expect(chunks[1]).toBe(long);
  });

  it("merges up to 64 KiB, and does not copy a chunk that stays alone", () => {
    const last = filled(1);
    const chunks = coalesce([...Array.from({ length: 4 }, () => filled(16_384)), last]);
    expect(lengths(chunks)).toEqual([65_536, 1]);
    expect(chunks[1]).toBe(last);
  });
});
