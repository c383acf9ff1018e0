import { expect, it } from "vitest";
import { Stock } from "./stock.ts";

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

it("a stock creates an item when it has none, and reuses returned items after resetting them", () => {
  const stock = new Stock(() => new Item());
  const first = stock.take();
  expect(stock.take()).not.toBe(first);
  stock.giveBack(first);
  expect(first.resets).toBe(1);
  expect(stock.take()).toBe(first);
});

it("a stock keeps a few items and closes the others", () => {
  const stock = new Stock(() => new Item());
  const items = Array.from({ length: 20 }, () => stock.take());
  for (const item of items) stock.giveBack(item);
  const closed = items.filter(({ closed }) => closed).length;
  expect(closed).toBe(12);
});
