import { describe, expect, it } from "vitest";
import { TestClock } from "../../tests/support/clock.ts";
import { noteArrival } from "./arrivals.ts";
import { startTimer } from "./timer.ts";

const longest = 2 ** 31 - 1;

describe("a timer", () => {
  it.each([0, 1, 0.5, longest, longest + 1, 3 * longest])("of %d ms runs its task then, once [R14]", async (span) => {
    const clock = new TestClock();
    const runs: number[] = [];
    startTimer(clock, span, () => runs.push(clock.now()));
    if (span > 1) await clock.advance(span - 1);
    expect(runs).toEqual([]);
    await clock.advance(1);
    expect(runs).toEqual([span]);
    expect(clock.due).toEqual([]);
  });

  it("never asks the host for more than 2^31 - 1 ms, which would fire at once [R14]", () => {
    const clock = new TestClock();
    for (const span of [longest, longest + 1, 1e300]) startTimer(clock, span, () => {});
    expect(clock.due).toEqual([longest, longest, longest]);
  });

  it("of Infinity never fires, and can be cancelled [R14]", () => {
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

  it("may be cancelled by its own task, and on a host that fires it nevertheless", async () => {
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
  it.each(["nextTurn", "setTimeout"] as const)("runs its task at once when %s of its clock throws", async (name) => {
    const clock = new TestClock();
    let runs = 0;
    startTimer(clock, 5, () => runs++);
    Object.assign(clock, {
      [name]: () => {
        throw new Error("not now");
      },
    });
    await clock.advance(5);
    expect({ runs, reported: clock.reported }).toEqual({ runs: 1, reported: [new Error("not now")] });
  });
});

describe("a timer that has fired", () => {
  /** A clock whose turns are advanced one by one. */
  function setUp(): { clock: TestClock; turns: (() => void)[]; late(milliseconds: number): Promise<void> } {
    const turns: (() => void)[] = [];
    const clock = Object.assign(new TestClock(), { nextTurn: (task: () => void) => void turns.push(task) });
    return { clock, turns, late: (milliseconds) => clock.late(milliseconds) };
  }

  it("lets one turn pass, late or not, before it runs its task [R17]", async () => {
    for (const delay of [0, 1, 1_000_000]) {
      const { clock, turns, late } = setUp();
      let runs = 0;
      startTimer(clock, 10, () => runs++);
      await late(10 + delay);
      expect([runs, turns.length]).toEqual([0, 1]);
      turns.shift()?.();
      expect([runs, turns.length]).toEqual([1, 0]);
    }
  });

  it("lets turns pass while data arrives in each of them, for at most as long as it was late [R17]", async () => {
    const { clock, turns, late } = setUp();
    let runs = 0;
    startTimer(clock, 10, () => runs++);
    await late(110);
    for (let turn = 0; turn < 50; turn++) {
      noteArrival();
      turns.shift()?.();
      expect([runs, turns.length]).toEqual([0, 1]);
    }
    await clock.advance(100);
    noteArrival();
    turns.shift()?.();
    expect([runs, turns.length]).toEqual([1, 0]);
  });

  it("lets one turn pass when it is on time, whatever arrives, and a bounded number when late [R17]", async () => {
    for (const [delay, most] of [
      [0, 1],
      [100, 1_000],
    ] as const) {
      const { clock, turns, late } = setUp();
      let runs = 0;
      startTimer(clock, 10, () => runs++);
      await late(10 + delay);
      let taken = 0;
      for (; turns.length > 0 && taken < 2_000; taken++) {
        noteArrival();
        turns.shift()?.();
      }
      expect([runs, taken]).toEqual([1, most]);
    }
  });

  it("uses two consecutive 0 ms timers as a turn when the clock has none [R17]", async () => {
    const clock = new TestClock();
    let runs = 0;
    startTimer(clock, 10, () => runs++);
    const before = clock.timersSet;
    await clock.advance(10);
    expect([runs, clock.timersSet - before]).toEqual([1, 2]);
  });

  it("runs nothing when it is cancelled in that turn [R17]", async () => {
    const { clock, turns, late } = setUp();
    let runs = 0;
    const timer = startTimer(clock, 10, () => runs++);
    await late(10);
    timer.cancel();
    turns.shift()?.();
    const plain = new TestClock();
    const other = startTimer(plain, 10, () => runs++);
    plain.setTimeout(() => other.cancel(), 10);
    await plain.advance(10);
    expect([runs, turns.length, plain.due]).toEqual([0, 0, []]);
  });

  it("reports how late it is before anything is read [R17]", async () => {
    const { clock, turns, late } = setUp();
    const delays: number[] = [];
    startTimer(
      clock,
      10,
      () => {},
      (delay) => delays.push(delay),
    );
    await late(35);
    expect([delays, turns.length]).toEqual([[25], 1]);
  });
});
