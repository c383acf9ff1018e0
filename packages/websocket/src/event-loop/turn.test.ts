import { afterEach, describe, expect, it, vi } from "vitest";
import { turn } from "../../tests/support/clock.ts";
import { systemClock } from "./clock.ts";
import { Turn } from "./turn.ts";

describe("Turn", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("runs each task in order once the turn is no longer prolonged, and can be used again", async () => {
    const order: string[] = [];
    const turns = new Turn(systemClock);
    turns.after({ endTurn: () => order.push("first") });
    turns.after({ endTurn: () => order.push("second") });
    for (let count = 0; count < 20; count++) {
      turns.extend();
      await undefined;
    }
    expect(order).toEqual([]);
    await turn();
    expect(order).toEqual(["first", "second"]);
    turns.after({ endTurn: () => order.push("third") });
    await turn();
    expect(order).toEqual(["first", "second", "third"]);
  });

  describe("of a clock with defer", () => {
    function setUp(): { turns: Turn; deferred: (() => void)[]; order: string[]; add(name: string): void } {
      const deferred: (() => void)[] = [];
      const turns = new Turn({ ...systemClock, defer: (task: () => void) => void deferred.push(task) });
      const order: string[] = [];
      return { turns, deferred, order, add: (name) => turns.after({ endTurn: () => order.push(name) }) };
    }

    it("defers each task on its own, so that it runs in the asynchronous context in which it was added", () => {
      const { deferred, order, add } = setUp();
      add("first");
      add("second");
      expect(deferred).toHaveLength(2);
      deferred[1]?.();
      expect(order).toEqual(["second"]);
    });

    it("defers the tasks added together as one, also in calls within calls, and none if there are none", () => {
      const { turns, deferred, order, add } = setUp();
      turns.together(() => {
        add("first");
        turns.together(() => add("second"));
      });
      turns.together(() => {});
      add("third");
      expect(deferred).toHaveLength(2);
      for (const task of deferred) task();
      expect(order).toEqual(["first", "second", "third"]);
    });

    it("defers what was added before the call fails", () => {
      const { turns, deferred, order, add } = setUp();
      const failing = (): void =>
        turns.together(() => {
          add("first");
          throw new Error("of the call");
        });
      expect(failing).toThrow("of the call");
      add("second");
      for (const task of deferred) task();
      expect(order).toEqual(["first", "second"]);
    });

    it("runs what defer has failed for in microtasks, and loses only what it forgets [R07]", async () => {
      const reported: unknown[] = [];
      const faults = ["throws", "throws", "forgets"];
      const clock = {
        ...systemClock,
        defer: (task: () => void) => {
          const fault = faults.shift();
          if (fault === "throws") throw new Error("no defer");
          if (fault === undefined) queueMicrotask(task);
        },
        reportError: (error: unknown) => void reported.push(error),
      };
      const order: string[] = [];
      const turns = new Turn(clock);
      const add = (name: string): void => turns.after({ endTurn: () => order.push(name) });
      add("first");
      turns.together(() => {
        add("second");
        add("third");
      });
      add("forgotten");
      add("fourth");
      await turn();
      expect(order).toEqual(["first", "second", "third", "fourth"]);
      expect(reported).toEqual([new Error("no defer"), new Error("no defer")]);
    });
  });

  it("runs every task even when others throw, and reports what they throw [R07]", async () => {
    for (const wrong of [[0], [1], [2], [0, 1], [0, 1, 2]]) {
      const thrown: unknown[] = [];
      const { queueMicrotask } = globalThis;
      vi.stubGlobal("queueMicrotask", (task: () => void) => {
        queueMicrotask(() => {
          try {
            task();
          } catch (error) {
            thrown.push((error as Error).message);
          }
        });
      });
      const ran: number[] = [];
      const turns = new Turn(systemClock);
      for (const index of [0, 1, 2]) {
        turns.after({
          endTurn() {
            ran.push(index);
            if (wrong.includes(index)) throw new Error(`of ${index}`);
          },
        });
      }
      await turn();
      expect(ran).toEqual([0, 1, 2]);
      expect(thrown).toEqual(wrong.map((index) => `of ${index}`));
      turns.after({ endTurn: () => ran.push(3) });
      await turn();
      expect(ran).toEqual([0, 1, 2, 3]);
      vi.unstubAllGlobals();
    }
  });
});
