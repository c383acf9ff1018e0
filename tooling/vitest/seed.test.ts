import { describe, expect, it } from "vitest";
import { chooseSeed } from "./seed.ts";

describe("chooseSeed", () => {
  it("takes the seed that HYBI_SEED gives, in CI too", () => {
    expect(chooseSeed({ HYBI_SEED: "42", CI: "true" })).toBe(42);
  });

  it("is the same for every run in CI", () => {
    expect(chooseSeed({ CI: "true" })).toBe(chooseSeed({ CI: "true" }));
  });

  it("refuses what is not an integer", () => {
    expect(() => chooseSeed({ HYBI_SEED: "lots" })).toThrow(/integer/);
  });
});
