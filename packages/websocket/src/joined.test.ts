import { describe, expect, it } from "vitest";
import { joined } from "./joined.ts";

const filled = (length: number, value = 1): Uint8Array => new Uint8Array(length).fill(value);
const lengths = (chunks: readonly Uint8Array[]): number[] => chunks.map(({ length }) => length);

describe("joined", () => {
  it("leaves one chunk, and none, as they are", () => {
    const one = [filled(3)];
    expect(joined(one)).toBe(one);
    expect(joined([])).toEqual([]);
  });

  it("makes one chunk of short ones, in their order", () => {
    expect(joined([filled(2, 1), filled(1, 2), filled(2, 3)])).toEqual([Uint8Array.of(1, 1, 2, 3, 3)]);
  });

  it("leaves a long chunk where it is, without a copy", () => {
    const long = filled(16_385);
    const chunks = joined([filled(4), filled(4), long, filled(4), filled(4)]);
    expect(lengths(chunks)).toEqual([8, 16_385, 8]);
    expect(chunks[1]).toBe(long);
  });

  it("joins up to 64 KiB, and copies no chunk that stays alone", () => {
    const last = filled(1);
    const chunks = joined([...Array.from({ length: 4 }, () => filled(16_384)), last]);
    expect(lengths(chunks)).toEqual([65_536, 1]);
    expect(chunks[1]).toBe(last);
  });
});
