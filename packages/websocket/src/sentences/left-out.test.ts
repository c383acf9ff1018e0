import { expect, it } from "vitest";
import * as leftOut from "./left-out.ts";
import * as loaded from "./other-names.ts";

it("has the names of other-names.ts, whose place it takes, and no alias", () => {
  expect(Object.keys(leftOut).sort()).toEqual(Object.keys(loaded).sort());
  for (const aliasesOf of Object.values(leftOut)) expect(aliasesOf({ clock: () => {} })).toEqual({});
  const { sendAliases, ...ofRuntime } = loaded;
  expect(sendAliases()).toHaveProperty("binary");
  for (const aliasesOf of Object.values(ofRuntime)) expect(aliasesOf({ clock: () => {} })).toHaveProperty("clock");
});
