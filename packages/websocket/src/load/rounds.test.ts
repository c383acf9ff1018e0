import { describe, expect, it } from "vitest";
import { until } from "../../tests/support/clock.ts";
import type { Clock } from "../event-loop/clock.ts";
import { hasRequestContexts } from "../platform/runtime.ts";
import { quantum, Rounds, roundWork, type Sharer } from "./rounds.ts";

/** A clock whose turns are advanced by the test. */
function turns(): { clock: Clock; next: () => number } {
  const tasks: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    setTimeout: () => 0,
    clearTimeout: () => {},
    nextTurn: (task) => void tasks.push(task),
  };
  const next = (): number => {
    const now = tasks.splice(0);
    for (const task of now) task();
    return now.length;
  };
  return { clock, next };
}

/** A sharer with `work` to do in steps of `step`, which logs what it does. */
function sharer(rounds: Rounds, name: string, log: string[], work: number, step = 1): Sharer {
  let left = work;
  const self: Sharer = {
    credit: 0,
    creditRound: -1,
    serve(budget) {
      let done = 0;
      while (done < budget && left > 0) {
        done += step;
        left -= step;
      }
      log.push(`${name} ${done}`);
      rounds.spent(self, done);
      return left > 0;
    },
  };
  return self;
}

describe("the rounds", () => {
  it.skipIf(hasRequestContexts)(
    "are shared by everything that uses one clock, and request no turn while there is little work [A09]",
    () => {
      const { clock, next } = turns();
      const rounds = Rounds.of(clock);
      expect(Rounds.of(clock)).toBe(rounds);
      expect(Rounds.of(turns().clock)).not.toBe(rounds);
      const one = sharer(rounds, "one", [], 0);
      expect(rounds.allowance(one)).toBe(quantum);
      rounds.spent(one, quantum / 2);
      expect(next()).toBe(0);
      expect(rounds.allowance(one)).toBe(quantum / 2);
      rounds.spent(one, 1);
      expect(next()).toBe(1);
      expect(rounds.allowance(one)).toBe(quantum);
      expect(next()).toBe(0);
    },
  );

  it("serve waiting sharers one after the other, a quantum each, until half of the round is used [A08] [A09]", () => {
    const { clock, next } = turns();
    const rounds = Rounds.of(clock);
    const log: string[] = [];
    for (const name of ["a", "b", "c"]) rounds.enqueue(sharer(rounds, name, log, 3 * quantum));
    expect(log).toEqual([]);
    expect(next()).toBe(1);
    expect(log).toEqual(["a", "b", "c", "a"].map((name) => `${name} ${quantum}`));
    expect(4 * quantum).toBe(roundWork / 2);
    next();
    expect(log.slice(4)).toEqual(["b", "c", "a", "b"].map((name) => `${name} ${quantum}`));
    next();
    expect(log.slice(8)).toEqual([`c ${quantum}`]);
    next();
    expect(next()).toBe(0);
  });

  it("make a sharer owe what its last step used beyond its share, while others wait [A08]", () => {
    const { clock, next } = turns();
    const rounds = Rounds.of(clock);
    const log: string[] = [];
    rounds.enqueue(sharer(rounds, "bomb", log, 20 * quantum, 3 * quantum));
    rounds.enqueue(sharer(rounds, "small", log, 4 * quantum));
    for (let count = 0; count < 20 && next() > 0; count++);
    expect(log.slice(0, 8)).toEqual([
      ...[`bomb ${3 * quantum}`, `small ${quantum}`, `small ${quantum}`, `small ${quantum}`],
      ...[`bomb ${3 * quantum}`, `small ${quantum}`, `bomb ${3 * quantum}`, `bomb ${3 * quantum}`],
    ]);
    expect(log.filter((line) => line.startsWith("bomb"))).toHaveLength(7);
  });

  it("leave a little for a newcomer when a round is used up, and nothing for a sharer in debt [A08] [A09]", () => {
    const { clock, next } = turns();
    const rounds = Rounds.of(clock);
    const busy = Array.from({ length: 20 }, (_, index) => sharer(rounds, String(index), [], 0));
    for (const each of busy) rounds.spent(each, rounds.allowance(each));
    const late = sharer(rounds, "late", [], 0);
    const left = rounds.allowance(late);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(quantum / 10);
    rounds.spent(late, 3 * quantum);
    expect(rounds.allowance(late)).toBeLessThanOrEqual(0);
    next();
    expect(rounds.allowance(late)).toBeLessThanOrEqual(0);
    expect(rounds.allowance(busy[0] as Sharer)).toBe(quantum);
  });

  it("serve the others when one sharer throws [A09]", async () => {
    const { clock, next } = turns();
    const rounds = Rounds.of(clock);
    const log: string[] = [];
    const reported: unknown[] = [];
    rounds.enqueue({
      ...{ credit: 0, creditRound: -1 },
      serve: () => {
        throw new Error("broken");
      },
    });
    rounds.enqueue(sharer(rounds, "other", log, 1));
    const { queueMicrotask } = globalThis;
    globalThis.queueMicrotask = (task) => {
      try {
        task();
      } catch (error) {
        reported.push(error);
      }
    };
    next();
    globalThis.queueMicrotask = queueMicrotask;
    expect(log).toEqual(["other 1"]);
    expect(reported).toEqual([new Error("broken")]);
  });

  it("go on by other means when the clock's nextTurn throws, and call it again for the next round [A09]", async () => {
    const reported: unknown[] = [];
    const { clock, next } = turns();
    let fails = true;
    const failing: Clock = {
      ...clock,
      nextTurn: (task) => {
        if (fails) throw new Error("no turns");
        clock.nextTurn?.(task);
      },
      reportError: (error) => void reported.push(error),
    };
    const rounds = Rounds.of(failing);
    const log: string[] = [];
    rounds.enqueue(sharer(rounds, "one", log, 1));
    rounds.enqueue(sharer(rounds, "two", log, 1));
    fails = false;
    await until(() => log.length === 2);
    expect(log).toEqual(["one 1", "two 1"]);
    rounds.enqueue(sharer(rounds, "three", log, 1));
    expect(next()).toBe(1);
    expect(log).toEqual(["one 1", "two 1", "three 1"]);
    expect(reported).toEqual([new Error("no turns")]);
  });

  it("keep nobody in the queue who could not be enqueued [A09]", () => {
    const platform = globalThis as Record<string, unknown>;
    const before = { setImmediate: platform.setImmediate, setTimeout: platform.setTimeout };
    platform.setImmediate = undefined;
    platform.setTimeout = undefined;
    const tasks: (() => void)[] = [];
    let fails = true;
    const setTimeout = (task: () => void): unknown => {
      if (fails) throw new Error("no timers");
      return tasks.push(task);
    };
    const rounds = Rounds.of({ now: () => 0, setTimeout, clearTimeout: () => {} });
    const log: string[] = [];
    expect(() => rounds.enqueue(sharer(rounds, "one", log, 1))).toThrow("no timers");
    fails = false;
    rounds.enqueue(sharer(rounds, "two", log, 1));
    Object.assign(platform, before);
    for (const task of tasks) task();
    expect(log).toEqual(["two 1"]);
  });

  it.each(["setImmediate", "setTimeout"] as const)("use %s when the clock has no turns [A09]", (name) => {
    const tasks: (() => void)[] = [];
    const clock: Clock = { now: () => 0, setTimeout: (task) => tasks.push(task), clearTimeout: () => {} };
    const platform = globalThis as Record<string, unknown>;
    const before = { setImmediate: platform.setImmediate, setTimeout: platform.setTimeout };
    platform.setImmediate = undefined;
    platform.setTimeout = undefined;
    platform[name] = (task: () => void) => tasks.push(task);
    const log: string[] = [];
    const rounds = Rounds.of(clock);
    rounds.enqueue(sharer(rounds, "one", log, 1));
    Object.assign(platform, before);
    for (const task of tasks) task();
    expect(log).toEqual(["one 1"]);
  });
});
