import { describe, expect, it } from "vitest";
import { Latest } from "./latest.ts";

describe("Latest", () => {
  it("returns the stored object for an equal one, and otherwise stores the new one", () => {
    const latest = new Latest<{ a: number; b: unknown }>();
    const first = { a: 1, b: latest };
    expect(latest.like(first)).toBe(first);
    expect(latest.like({ ...first })).toBe(first);
    const second = { a: 1, b: {} };
    expect(latest.like(second)).toBe(second);
    expect(latest.like({ ...second })).toBe(second);
    const third = { ...first };
    expect(latest.like(third)).toBe(third);
  });

  it("can start with an initial object", () => {
    const first = { a: 1 };
    expect(new Latest(first).like({ a: 1 })).toBe(first);
  });
});
