import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { TestClock } from "../../tests/support/clock.ts";
import { hasRequestContexts } from "../platform/runtime.ts";
import { type Alarm, Alarms, unset } from "./alarms.ts";
import type { Clock } from "./clock.ts";

/** An alarm that records when it rings. */
class Bell implements Alarm {
  at = 0;
  place: number = unset;
  readonly rung: number[] = [];
  readonly #clock: TestClock;
  onRing: () => void = () => {};

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  ring(): void {
    this.rung.push(this.#clock.now());
    this.onRing();
  }
}

describe("Alarms", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.skipIf(hasRequestContexts)("are shared by everything that uses the same clock", () => {
    const clock = new TestClock();
    expect(Alarms.of(clock)).toBe(Alarms.of(clock));
    expect(Alarms.of(new TestClock())).not.toBe(Alarms.of(clock));
  });

  it.each(["setTimeout", "clearTimeout", "nextTurn"] as const)(
    "still ring, those that are set already too, after %s of the clock threw once, which is reported",
    async (name) => {
      for (const throwsAt of [0, 10]) {
        const clock = new TestClock();
        // What replaces the clock's timer is one of the platform's, with a span. Timers without one are those of `advance`.
        const platform = new TestClock();
        const { setTimeout } = globalThis;
        const stub = (task: () => void, span = 0): unknown =>
          span > 0 ? platform.setTimeout(task, span) : setTimeout(task, span);
        vi.stubGlobal("setTimeout", stub);
        const reported: unknown[] = [];
        Object.assign(clock, { reportError: (error: unknown) => reported.push(error) });
        const alarms = Alarms.of(clock);
        const bells = [new Bell(clock), new Bell(clock), new Bell(clock)] as const;
        const fault = new Error("not now");
        const { [name]: works } = clock as Clock;
        const breakClock = (): void => {
          Object.assign(clock, {
            [name]: () => {
              Object.assign(clock, { [name]: works });
              throw fault;
            },
          });
        };
        if (throwsAt === 0) breakClock();
        else clock.setTimeout(breakClock, throwsAt - 1);
        for (const [index, bell] of bells.entries()) alarms.set(bell, 30 - index * 10, clock.now());
        for (let time = 0; time < 30; time += 10) {
          await clock.advance(10);
          await platform.advance(10);
        }
        vi.unstubAllGlobals();
        expect(bells.map(({ rung }) => rung.length)).toEqual([1, 1, 1]);
        expect(reported.every((error) => error === fault)).toBe(true);
      }
    },
  );

  it("ring once at the time they were last set to, never after being cleared, and share one timer", async () => {
    const count = 20;
    const step = fc.record({
      bell: fc.nat(count - 1),
      act: fc.oneof(fc.nat(100), fc.constant("clear" as const)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new TestClock();
        const alarms = Alarms.of(clock);
        const bells = Array.from({ length: count }, () => new Bell(clock));
        const expected: (number | undefined)[] = bells.map(() => undefined);
        for (const { bell, act } of steps) {
          expected[bell] = act === "clear" ? undefined : act;
          if (act === "clear") alarms.clear(bells[bell]!);
          else alarms.set(bells[bell]!, act, 0);
          expect(clock.due.length).toBe(expected.some((at) => at !== undefined) ? 1 : 0);
        }
        await clock.advance(1000);
        expect(bells.map(({ rung }) => rung)).toEqual(expected.map((at) => (at === undefined ? [] : [at])));
        expect(clock.due).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it("ring even when others due before or after them throw, and the errors are reported [R08]", async () => {
    for (const wrong of [0, 1, 2]) {
      const clock = new TestClock();
      const alarms = Alarms.of(clock);
      const bells = [0, 1, 2].map(() => new Bell(clock));
      for (const bell of bells) alarms.set(bell, 10, 0);
      bells[wrong]!.onRing = () => {
        throw new Error("of a transport");
      };
      const later = new Bell(clock);
      alarms.set(later, 20, 0);
      await clock.advance(100);
      expect(bells.map(({ rung }) => rung)).toEqual([[10], [10], [10]]);
      expect(later.rung).toEqual([20]);
      expect(clock.reported).toEqual([new Error("of a transport")]);
    }
  });

  it("may set and clear others while they ring", async () => {
    const clock = new TestClock();
    const alarms = Alarms.of(clock);
    const [first, second, third] = [new Bell(clock), new Bell(clock), new Bell(clock)];
    first.onRing = () => {
      alarms.clear(third);
      if (first.rung.length < 3) alarms.set(first, clock.now() + 10, clock.now());
    };
    alarms.set(first, 10, 0);
    alarms.set(second, 10, 0);
    alarms.set(third, 15, 0);
    await clock.advance(100);
    expect([first.rung, second.rung, third.rung]).toEqual([[10, 20, 30], [10], []]);
    expect(clock.due).toEqual([]);
  });
});
