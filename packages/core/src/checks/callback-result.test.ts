import { describe, expect, it } from "vitest";
import { booleanOf, countOf, noObject, quiet, textOf, wrongResult } from "./callback-result.ts";

describe("the result of an application callback", () => {
  const wrong = (message: RegExp) =>
    expect.objectContaining({ code: "callback/result", message: expect.stringMatching(message) });

  it("is accepted when it has the expected type [A04]", () => {
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
  ] as const)("causes a usage error when it has another type [A04]", (take, message) => {
    expect(take).toThrow(wrong(message));
  });

  it("is observed when it is a rejecting promise, so that no process ends for an unhandled rejection [A04]", async () => {
    expect(String(wrongResult("f", Promise.reject(new Error("mine"))))).toMatch(/a promise/);
    quiet(Promise.reject(new Error("mine")));
    for (const nothing of [undefined, null, 5, {}]) quiet(nothing);
    await Promise.resolve();
  });
});
