import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutputQueue } from "./output-queue.ts";

describe("OutputQueue", () => {
  it("returns what was added, in order, and never more than asked for", () => {
    const writes = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 5 });
    fc.assert(
      fc.property(writes, fc.array(fc.nat(9)), (added, budgets) => {
        const queue = new OutputQueue();
        for (const write of added) queue.add(write);
        const taken: number[] = [];
        for (const budget of [...budgets, Number.POSITIVE_INFINITY]) {
          const before = queue.length;
          const parts = queue.take(budget).flatMap((part) => [...part]);
          expect(parts.length).toBe(Math.min(budget, before));
          expect(queue.length).toBe(before - parts.length);
          taken.push(...parts);
        }
        expect(taken).toEqual(added.flatMap((write) => [...write]));
      }),
    );
  });

  it("returns nothing for an empty write", () => {
    const queue = new OutputQueue();
    queue.add(new Uint8Array(0));
    expect(queue.take(9)).toEqual([]);
    queue.add(Uint8Array.of(1));
    queue.add(new Uint8Array(0));
    expect(queue.take(9)).toEqual([Uint8Array.of(1)]);
  });

  it("never changes what was taken", () => {
    const queue = new OutputQueue();
    queue.add(Uint8Array.of(1, 2, 3));
    const [first] = queue.take(2);
    queue.add(Uint8Array.of(4));
    queue.take(9);
    expect(first).toEqual(Uint8Array.of(1, 2));
  });
});
