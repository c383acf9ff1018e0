import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { elementsMoved } from "../../tests/support/moved.ts";
import { Queue } from "./queue.ts";

describe("a queue", () => {
  it("behaves like an array", () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ push: fc.nat(9) }) },
      { weight: 3, arbitrary: fc.constant("take") },
      { weight: 1, arbitrary: fc.constantFrom("even", "all") },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new Queue<number>();
        let model: number[] = [];
        for (const each of steps) {
          if (typeof each === "object") {
            queue.push(each.push);
            model.push(each.push);
          } else if (each === "take") expect(queue.take()).toBe(model.shift());
          else if (each === "all") expect(queue.takeAll()).toEqual(model.splice(0));
          else {
            const isEven = (item: number) => item % 2 === 0;
            expect(queue.takeWhere(isEven)).toEqual(model.filter(isEven));
            model = model.filter((item) => !isEven(item));
          }
          expect(queue.length).toBe(model.length);
        }
      }),
    );
  });

  it("is emptied with a number of moves linear in its length, not quadratic [R12]", async () => {
    for (const count of [4_000, 40_000]) {
      const queue = new Queue<number>();
      for (let item = 0; item < count; item++) queue.push(item);
      const moved = await elementsMoved(async () => {
        while (queue.take() !== undefined);
      });
      // Each slice moves at most half of the array.
      expect(moved).toBeLessThan(4 * count);
    }
  });
});
