import { describe, expect, it } from "vitest";
import { countingSource } from "../../tests/support/connections.ts";
import { RandomPool } from "./random-pool.ts";

describe("RandomPool", () => {
  it("gives out each 32 bits of its source once, and asks it for 8 KiB at a time", () => {
    const asked: number[] = [];
    const source = countingSource();
    const pool = RandomPool.of((target) => {
      asked.push(target.length);
      source(target);
    });
    expect(asked).toEqual([]);
    const keys = Array.from({ length: 5000 }, () => pool.next());
    expect(new Set(keys).size).toBe(5000);
    expect(keys.every((key) => Number.isInteger(key) && key === (key | 0))).toBe(true);
    expect(asked).toEqual([8192, 8192, 8192]);
  });

  it("is one for each source, shared by all who use it", () => {
    const source = countingSource();
    const pool = RandomPool.of(source);
    expect(RandomPool.of(source)).toBe(pool);
    expect(RandomPool.of(countingSource())).not.toBe(pool);
  });

  it("gives out nothing when its source throws, and asks again", () => {
    let ready = false;
    const pool = RandomPool.of((target) => {
      if (!ready) throw new Error("not ready");
      target.fill(1);
    });
    expect(() => pool.next()).toThrow("not ready");
    expect(() => pool.next()).toThrow("not ready");
    ready = true;
    expect(pool.next()).toBe(0x0101_0101);
  });
});
