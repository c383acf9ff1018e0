import { describe, expect, it } from "vitest";
import { compareSizes } from "./compare.ts";

const budgets = { reconnect: { esbuild: 1000, vite: 2000 } };

describe("compareSizes", () => {
  it("accepts what is recorded, and 3 % more or less", () => {
    expect(compareSizes({ reconnect: { esbuild: 1030, vite: 1940 } }, budgets)).toEqual([]);
  });

  it("finds growth with either bundler, and says what to do", () => {
    const remedy = /^reconnect, esbuild: 1031 bytes, but 1000 are recorded\. Make it smaller.*--write/;
    expect(compareSizes({ reconnect: { esbuild: 1031, vite: 2000 } }, budgets)).toEqual([
      expect.stringMatching(remedy),
    ]);
    expect(compareSizes({ reconnect: { esbuild: 1000, vite: 2061 } }, budgets)).toHaveLength(1);
  });

  it("finds what has become smaller, so that the record is renewed", () => {
    expect(compareSizes({ reconnect: { esbuild: 969, vite: 2000 } }, budgets)).toEqual([
      expect.stringMatching(/969 bytes, but 1000 are recorded\. Record it/),
    ]);
  });

  it("finds what has no budget, and a budget that nothing is measured for", () => {
    expect(compareSizes({ other: { esbuild: 1, vite: 1 } }, budgets)).toEqual([
      expect.stringContaining("other has no budget"),
      expect.stringContaining("reconnect has a budget but is not measured"),
    ]);
  });
});
