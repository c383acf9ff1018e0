import { afterEach, describe, expect, it, vi } from "vitest";
import { turn } from "../../tests/support/clock.ts";
import { Turn } from "./turn.ts";

describe("Turn", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("runs each task in order once the turn is no longer prolonged, and can be used again", async () => {
    const order: string[] = [];
    const turns = new Turn();
    turns.after(() => order.push("first"));
    turns.after(() => order.push("second"));
    for (let count = 0; count < 20; count++) {
      turns.extend();
      await undefined;
    }
    expect(order).toEqual([]);
    await turn();
    expect(order).toEqual(["first", "second"]);
    turns.after(() => order.push("third"));
    await turn();
    expect(order).toEqual(["first", "second", "third"]);
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
      const turns = new Turn();
      for (const index of [0, 1, 2]) {
        turns.after(() => {
          ran.push(index);
          if (wrong.includes(index)) throw new Error(`of ${index}`);
        });
      }
      await turn();
      expect(ran).toEqual([0, 1, 2]);
      expect(thrown).toEqual(wrong.map((index) => `of ${index}`));
      turns.after(() => ran.push(3));
      await turn();
      expect(ran).toEqual([0, 1, 2, 3]);
      vi.unstubAllGlobals();
    }
  });
});
