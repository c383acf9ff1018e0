import { describe, expect, it } from "vitest";
import * as leftOut from "./left-out.ts";
import * as loaded from "./loaded.ts";

describe("left-out", () => {
  it("has the names of loaded.ts, whose place it takes, and no sentence", () => {
    expect(Object.keys(leftOut).sort()).toEqual(Object.keys(loaded).sort());
    const { suggestOption, ...tables } = leftOut;
    for (const sentences of Object.values(tables)) expect(sentences).toEqual({});
    expect(suggestOption("fragmentsize", ["fragmentSize"], {}, "")).toBe("");
    expect(loaded.suggestOption("fragmentsize", ["fragmentSize"], {}, "")).toBe(" Did you mean fragmentSize?");
  });
});
