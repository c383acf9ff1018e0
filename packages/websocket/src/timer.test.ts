import { describe, expect, it } from "vitest";
import { TestClock } from "../tests/support/clock.ts";
import { startTimer } from "./timer.ts";

const longest = 2 ** 31 - 1;

describe("a timer", () => {
  it.each([0, 1, 0.5, longest, longest + 1, 3 * longest])(
    "of %d ms runs its task then, and once [R14]",
    async (span) => {
      const clock = new TestClock();
      const runs: number[] = [];
      startTimer(clock, span, () => runs.push(clock.now()));
      if (span > 1) await clock.advance(span - 1);
      expect(runs).toEqual([]);
      await clock.advance(1);
      expect(runs).toEqual([span]);
      expect(clock.due).toEqual([]);
    },
  );

  it("asks no host for more than 2^31 - 1 ms, which would fire at once [R14]", () => {
    const clock = new TestClock();
    for (const span of [longest, longest + 1, 1e300]) startTimer(clock, span, () => {});
    expect(clock.due).toEqual([longest, longest, longest]);
  });

  it("of Infinity is none, and can be cancelled [R14]", () => {
    const clock = new TestClock();
    const timer = startTimer(clock, Number.POSITIVE_INFINITY, () => {});
    expect(clock.due).toEqual([]);
    timer.cancel();
  });

  it("that is cancelled runs nothing, in whichever part of its span [R14]", async () => {
    const clock = new TestClock();
    let runs = 0;
    const timers = [1, longest + 5].map((span) => startTimer(clock, span, () => runs++));
    timers[0]?.cancel();
    await clock.advance(longest + 1);
    timers[1]?.cancel();
    timers[1]?.cancel();
    expect(clock.due).toEqual([]);
    await clock.advance(longest);
    expect(runs).toBe(0);
  });

  it("may be cancelled by its own task, and on a host that fires it all the same", async () => {
    const clock = new TestClock();
    clock.clearTimeout = () => {};
    let runs = 0;
    const timer = startTimer(clock, 5, () => {
      runs++;
      timer.cancel();
    });
    startTimer(clock, 5, () => runs++).cancel();
    await clock.advance(5);
    expect(runs).toBe(1);
  });
});
