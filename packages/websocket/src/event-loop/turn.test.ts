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

  it("calls the clock's defer once for all tasks of a turn", () => {
    const deferred: (() => void)[] = [];
    const clock = { ...systemClock, defer: (task: () => void) => void deferred.push(task) };
    const order: string[] = [];
    const add = (name: string): void => Turn.of(clock).after({ endTurn: () => order.push(name) });
    add("first");
    add("second");
    expect(deferred).toHaveLength(1);
    deferred[0]?.();
    add("third");
    expect({ order, calls: deferred.length }).toEqual({ order: ["first", "second"], calls: 2 });
  });

  it("runs its tasks in microtasks when the clock's defer throws, and calls it again for the next turn", async () => {
    const reported: unknown[] = [];
    let calls = 0;
    const clock = {
      ...systemClock,
      defer: (task: () => void) => {
        calls++;
        if (calls === 1) throw new Error("no defer");
        queueMicrotask(task);
      },
      reportError: (error: unknown) => void reported.push(error),
    };
    const order: string[] = [];
    const turns = new Turn(clock);
    turns.after({ endTurn: () => order.push("first") });
    turns.after({ endTurn: () => order.push("second") });
    await turn();
    expect(order).toEqual(["first", "second"]);
    turns.after({ endTurn: () => order.push("third") });
    await turn();
    expect({ order, calls }).toEqual({ order: ["first", "second", "third"], calls: 2 });
    expect(reported).toEqual([new Error("no defer")]);
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
