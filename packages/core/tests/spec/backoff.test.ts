/** RFC 6455 §7.2.3: Recovering from Abnormal Closure. */
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/checks/usage-error.ts";
import { Backoff, type BackoffOptions } from "../../src/policy/backoff.ts";
import { countingSource } from "../support/connections.ts";

/** A random source that always yields `fraction` of its range, to within 2^-32. */
const always = (fraction: number) => (target: Uint8Array) => {
  new DataView(target.buffer, target.byteOffset).setUint32(0, Math.min(0xffff_ffff, fraction * 2 ** 32), true);
};
const almostOne = 1 - 2 ** -32;

/** The delays of `count` losses in a row, none after an open connection. */
function delays(count: number, options: BackoffOptions): (number | undefined)[] {
  const backoff = new Backoff(options);
  return Array.from({ length: count }, () => backoff.lost(0));
}

describe("the first delay", () => {
  it("is random, from 0 up to but excluding firstDelay: 5 s, which §7.2.3 calls reasonable [X26]", () => {
    expect(delays(1, { random: always(0) })).toEqual([0]);
    expect(delays(1, { random: always(0.5) })).toEqual([2500]);
    expect(delays(1, { random: always(almostOne) })[0]).toBeCloseTo(5000, 3);
    expect(delays(1, { random: always(almostOne) })[0]).toBeLessThan(5000);
    expect(delays(1, { firstDelay: 100, random: always(0.25) })).toEqual([25]);
  });

  it("differs between clients: it uses all 32 bits from the source [X26]", () => {
    const random = countingSource();
    const found = new Set(Array.from({ length: 1000 }, () => new Backoff({ random }).lost(0)));
    expect(found.size).toBe(1000);
    expect(Math.min(...([...found] as number[]))).toBeLessThan(50);
    expect(Math.max(...([...found] as number[]))).toBeGreaterThan(4950);
  });
});

describe("later delays", () => {
  it("grow to twice as much each time, up to 5 minutes: truncated binary exponential backoff [X26]", () => {
    expect(delays(9, { random: always(0) })).toEqual([
      0, 5000, 10_000, 20_000, 40_000, 80_000, 150_000, 150_000, 150_000,
    ]);
    expect(delays(8, { random: always(0.5) })).toEqual([2500, 7500, 15_000, 30_000, 60_000, 120_000, 225_000, 225_000]);
    for (const delay of delays(50, { random: always(almostOne) })) expect(delay).toBeLessThan(300_000);
  });

  it("follow the options factor and maximumDelay [X26]", () => {
    expect(delays(5, { firstDelay: 10, factor: 3, maximumDelay: 200, random: always(0) })).toEqual([
      0,
      10,
      30,
      200 / 3,
      200 / 3,
    ]);
    expect(delays(3, { firstDelay: 10, factor: 1, random: always(0.5) })).toEqual([5, 10, 10]);
    expect(delays(3, { firstDelay: 500, maximumDelay: 100, random: always(almostOne) })[0]).toBeLessThan(100);
  });

  it("stay finite after any number of attempts, and 0 when firstDelay is 0 [X26]", () => {
    for (const options of [{}, { firstDelay: 0 }, { factor: 1e300 }, { maximumDelay: Number.MAX_VALUE }]) {
      const found = delays(3000, { ...options, random: always(0.5) });
      expect(found.every((delay) => delay !== undefined && Number.isFinite(delay))).toBe(true);
    }
    expect(delays(2000, { firstDelay: 0, random: always(0.5) }).every((delay) => delay === 0)).toBe(true);
  });
});

describe("a stable connection", () => {
  it("has been open for stableAfter, after which the next delay is a first one [X26]", () => {
    const backoff = new Backoff({ random: always(0) });
    expect([backoff.lost(0), backoff.lost(0), backoff.lost(0)]).toEqual([0, 5000, 10_000]);
    expect(backoff.attempts).toBe(3);
    backoff.opened(100_000);
    expect(backoff.lost(110_000)).toBe(0);
    expect(backoff.attempts).toBe(1);
    expect(backoff.lost(110_001)).toBe(5000);
  });

  it("is not one that was lost earlier, so a server that accepts and drops is backed off from [X26]", () => {
    const backoff = new Backoff({ random: always(0), stableAfter: 1000 });
    const found = [];
    for (let now = 0; now < 4000; now += 1000) {
      backoff.opened(now);
      found.push(backoff.lost(now + 999));
    }
    expect(found).toEqual([0, 5000, 10_000, 20_000]);
  });

  it("counts once: a later attempt that fails has not been open [X26]", () => {
    const backoff = new Backoff({ random: always(0) });
    backoff.opened(0);
    backoff.lost(20_000);
    expect(backoff.lost(90_000)).toBe(5000);
  });

  it("can be reported with reset() [X26]", () => {
    const backoff = new Backoff({ random: always(0) });
    backoff.lost(0);
    backoff.lost(0);
    backoff.opened(0);
    backoff.reset();
    expect(backoff.attempts).toBe(0);
    expect([backoff.lost(50_000), backoff.lost(50_000)]).toEqual([0, 5000]);
  });
});

describe("giving up", () => {
  it("happens after the given number of failed attempts; a stable connection allows as many again [X26]", () => {
    const backoff = new Backoff({ attempts: 2, random: always(0) });
    expect([backoff.lost(0), backoff.lost(0), backoff.lost(0), backoff.lost(0)]).toEqual([
      0,
      5000,
      undefined,
      undefined,
    ]);
    expect(backoff.attempts).toBe(2);
    backoff.opened(0);
    expect(backoff.lost(10_000)).toBe(0);
    expect(new Backoff({ attempts: 0, random: always(0) }).lost(0)).toBeUndefined();
  });
});

describe("options", () => {
  const outOfRange: Partial<BackoffOptions>[] = [
    { firstDelay: -1 },
    { firstDelay: Number.NaN },
    { firstDelay: Number.POSITIVE_INFINITY },
    { maximumDelay: -1 },
    { maximumDelay: Number.POSITIVE_INFINITY },
    { factor: 0.99 },
    { factor: Number.POSITIVE_INFINITY },
    { attempts: -1 },
    { attempts: Number.NaN },
    { stableAfter: -1 },
  ];
  it.each(outOfRange)("%j throw", (options) => {
    expect(() => new Backoff({ ...options, random: always(0) })).toThrow(UsageError);
  });
});
