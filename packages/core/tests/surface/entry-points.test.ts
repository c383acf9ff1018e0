import * as core from "@hybi/core";
import * as frame from "@hybi/core/frame";
import { describe, expect, it } from "vitest";

describe("the entry points", () => {
  it("are found under the names that users write, in every runtime", () => {
    expect([typeof core, typeof frame]).toEqual(["object", "object"]);
  });
});
