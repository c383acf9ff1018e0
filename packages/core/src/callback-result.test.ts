import { describe, expect, it } from "vitest";
import { booleanOf, countOf, noObject, quiet, textOf, wrongResult } from "./callback-result.ts";

describe("what a function of the application's returns", () => {
  const wrong = (message: RegExp) =>
    expect.objectContaining({ code: "callback/result", message: expect.stringMatching(message) });

  it("is taken where it is of its kind [A04]", () => {
    expect([textOf("f", ""), booleanOf("f", false), countOf("f", 0, 5), countOf("f", 5, 5)]).toEqual(["", false, 0, 5]);
    for (const result of [undefined, true, 5, "text"]) expect(() => noObject("f", result)).not.toThrow();
  });

  it.each([
    [() => textOf("f", 5 as never), /f returned number/],
    [() => booleanOf("f", null as never), /f returned null/],
    [() => booleanOf("f", undefined as never), /f returned undefined/],
    [() => countOf("f", -1, 5), /f returned number/],
    [() => countOf("f", 6, 5), /f returned number/],
    [() => countOf("f", 1.5, 5), /f returned number/],
    [() => countOf("f", [1] as never, 5), /f returned a list/],
    [() => noObject("f", {}), /f returned object/],
    [() => noObject("f", Promise.resolve()), /f returned a promise/],
  ] as const)("is refused where it is of another [A04]", (take, message) => {
    expect(take).toThrow(wrong(message));
  });

  it("is looked at where it is a promise that rejects, so that no process ends [A04]", async () => {
    expect(String(wrongResult("f", Promise.reject(new Error("mine"))))).toMatch(/a promise/);
    quiet(Promise.reject(new Error("mine")));
    for (const nothing of [undefined, null, 5, {}]) quiet(nothing);
    await Promise.resolve();
  });
});
