import { describe, expect, it } from "vitest";
import { chooseSeed } from "./seed.ts";

describe("chooseSeed", () => {
  it("returns the seed in HYBI_SEED, also in CI", () => {
    expect(chooseSeed({ HYBI_SEED: "42", CI: "true" })).toBe(42);
  });

  it("returns the same seed for every run in CI", () => {
    expect(chooseSeed({ CI: "true" })).toBe(chooseSeed({ CI: "true" }));
  });

  it("throws if HYBI_SEED is not an integer", () => {
    expect(() => chooseSeed({ HYBI_SEED: "lots" })).toThrow(/integer/);
  });
});
