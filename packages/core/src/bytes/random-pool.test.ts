import { describe, expect, it } from "vitest";
import { countingSource } from "../../tests/support/connections.ts";
import { RandomPool } from "./random-pool.ts";
import type { RandomSource } from "./random-source.ts";

describe("RandomPool", () => {
  it("returns each 32 bits of its source once, and draws 8 KiB at a time", () => {
    const asked: number[] = [];
    const source = countingSource();
    const pool = RandomPool.of((target) => {
      asked.push(target.length);
      source(target);
    });
    expect(asked).toEqual([]);
    pool.check();
    pool.check();
    expect(asked).toEqual([8192]);
    const keys = Array.from({ length: 5000 }, () => pool.next());
    expect(new Set(keys).size).toBe(5000);
    expect(keys.every((key) => Number.isInteger(key) && key === (key | 0))).toBe(true);
    expect(asked).toEqual([8192, 8192, 8192]);
  });

  it("is shared by all users of the same source", () => {
    const source = countingSource();
    const pool = RandomPool.of(source);
    expect(RandomPool.of(source)).toBe(pool);
    expect(RandomPool.of(countingSource())).not.toBe(pool);
  });

  it("throws while its source throws, and draws again afterwards", () => {
    let isReady = false;
    const source = countingSource();
    const random: RandomSource = (target) => {
      if (!isReady) throw new Error("not ready");
      source(target);
    };
    const pool = RandomPool.of(random);
    for (let count = 0; count < 2; count++) expect(() => pool.check()).toThrow("not ready");
    isReady = true;
    const keys = Array.from({ length: 2048 }, () => pool.next());
    isReady = false;
    for (let count = 0; count < 3; count++) expect(() => pool.next()).toThrow("not ready");
    isReady = true;
    expect(keys).not.toContain(pool.next());
  });
});
