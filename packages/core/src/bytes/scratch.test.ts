import { describe, expect, it } from "vitest";
import { scratchOf } from "./scratch.ts";

describe("scratchOf", () => {
  it("returns the same memory as long as it is large enough", () => {
    const grown = scratchOf(10_000);
    expect(grown.length).toBeGreaterThanOrEqual(10_000);
    expect(scratchOf(1)).toBe(grown);
    expect(scratchOf(10_000)).toBe(grown);
  });

  it("keeps at most 1 MiB", () => {
    const largest = scratchOf(1_048_576);
    expect(largest.length).toBe(1_048_576);
    const longer = scratchOf(1_048_577);
    expect(longer.length).toBe(1_048_577);
    expect(scratchOf(1)).toBe(largest);
  });
});
