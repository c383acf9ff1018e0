import { expect, it } from "vitest";
import { Pool } from "./pool.ts";

class Item {
  resets = 0;
  closed = false;
  reset(): void {
    this.resets++;
  }
  close(): void {
    this.closed = true;
  }
}

it("a pool creates an item when it has none, and reuses returned items after resetting them", () => {
  const pool = new Pool(() => new Item());
  const first = pool.take();
  expect(pool.take()).not.toBe(first);
  pool.giveBack(first);
  expect(first.resets).toBe(1);
  expect(pool.take()).toBe(first);
});

it("a pool keeps a few items and closes the others", () => {
  const pool = new Pool(() => new Item());
  const items = Array.from({ length: 20 }, () => pool.take());
  for (const item of items) pool.giveBack(item);
  const closed = items.filter(({ closed }) => closed).length;
  expect(closed).toBe(12);
});
