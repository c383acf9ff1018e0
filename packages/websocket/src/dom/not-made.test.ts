/** Bundles for pages and Workers take `not-made.ts` in place of other modules: it must have their names, and nothing behind them. */
import { expect, it } from "vitest";
import * as controller from "./made-abort-controller.ts";
import * as exception from "./made-dom-exception.ts";
import * as events from "./made-events.ts";
import * as notMade from "./not-made.ts";

it("has the names of the modules that it replaces, and no class", () => {
  expect(Object.keys(notMade).sort()).toEqual(Object.keys({ ...controller, ...exception, ...events }).sort());
  expect(Object.values(notMade).filter((value) => value !== undefined)).toEqual([]);
});
