import { describe, expect, it } from "vitest";
import { Latest } from "./latest.ts";

describe("Latest", () => {
  it("answers the object that it has for one that is the same, and keeps one that is not", () => {
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

  it("may begin with one", () => {
    const first = { a: 1 };
    expect(new Latest(first).like({ a: 1 })).toBe(first);
  });
});
