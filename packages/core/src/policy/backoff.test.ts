import { describe, expect, it } from "vitest";
import { usageErrorOf } from "../../tests/support/connections.ts";
import { Backoff } from "./backoff.ts";

const half = (target: Uint8Array) => target.set([0, 0, 0, 0x80]);

describe("Backoff", () => {
  it("returns a random first delay, then growing ones, then undefined once attempts are used up [X26]", () => {
    const backoff = new Backoff({ firstDelay: 100, maximumDelay: 300, factor: 2, attempts: 4, random: half });
    expect([0, 1, 2, 3, 4].map((now) => backoff.lost(now))).toEqual([50, 150, 225, 225, undefined]);
    expect(backoff.attempts).toBe(4);
  });

  it("starts over after a connection that was open for stableAfter, and after reset() [X26]", () => {
    const backoff = new Backoff({ firstDelay: 100, stableAfter: 10, random: half });
    backoff.lost(0);
    backoff.opened(100);
    expect(backoff.lost(109)).toBe(150);
    backoff.opened(200);
    expect(backoff.lost(210)).toBe(50);
    backoff.reset();
    expect([backoff.attempts, backoff.lost(211)]).toEqual([0, 50]);
  });

  it("has the defaults of §7.2.3: up to 5 s, doubled up to 5 minutes [X26]", () => {
    const backoff = new Backoff({ random: half });
    const delays = Array.from({ length: 8 }, () => backoff.lost(0));
    expect(delays).toEqual([2500, 7500, 15_000, 30_000, 60_000, 120_000, 225_000, 225_000]);
  });

  it("throws for options that are out of range, not numbers or not finite [R14]", () => {
    const refused = (options: object) => usageErrorOf(() => new Backoff({ random: half, ...options }));
    for (const name of ["firstDelay", "maximumDelay", "factor", "attempts", "stableAfter"]) {
      for (const value of [-1, Number.NaN, "5", null]) expect(refused({ [name]: value })).toBe("option/range");
    }
    expect(refused({ factor: 0 })).toBe("option/range");
    for (const name of ["firstDelay", "maximumDelay", "factor"]) {
      expect(refused({ [name]: Number.POSITIVE_INFINITY })).toBe("option/range");
    }
  });

  it("computes delays of any length, and never starts over when stableAfter is Infinity [R14]", () => {
    const backoff = new Backoff({
      firstDelay: 1e12,
      maximumDelay: 1e13,
      stableAfter: Number.POSITIVE_INFINITY,
      random: half,
    });
    expect(backoff.lost(0)).toBe(5e11);
    backoff.opened(0);
    expect(backoff.lost(1e15)).toBe(1.5e12);
  });
});
