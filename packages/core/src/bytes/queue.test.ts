import { describe, expect, it } from "vitest";
import { Queue } from "./queue.ts";

function all<T>(queue: Queue<T>): T[] {
  const found: T[] = [];
  while (queue.length > 0) {
    found.push(queue.take() as T);
  }
  return found;
}

describe("Queue", () => {
  it("is first in, first out, also when filling and emptying alternate", () => {
    const queue = new Queue<number>();
    const found: number[] = [];
    let next = 0;
    for (let round = 1; round < 50; round++) {
      for (let count = 0; count < round; count++) queue.push(next++);
      for (let count = 0; count < round / 2; count++) {
        const { first } = queue;
        expect(queue.take()).toBe(first);
        found.push(first as number);
      }
    }
    found.push(...all(queue));
    expect(found).toEqual(Array.from({ length: next }, (_, index) => index));
    expect([queue.length, queue.first, queue.take()]).toEqual([0, undefined, undefined]);
  });

  it("replaces the first item, removes matching items, and can be cleared", () => {
    const queue = new Queue<number>();
    for (let index = 0; index < 6; index++) queue.push(index);
    expect(queue.take()).toBe(0);
    queue.replaceFirst(10);
    queue.remove((item) => item % 2 === 1);
    expect(queue.length).toBe(3);
    expect(all(queue)).toEqual([10, 2, 4]);
    queue.push(7);
    queue.clear();
    expect([queue.length, queue.first]).toEqual([0, undefined]);
  });
});
