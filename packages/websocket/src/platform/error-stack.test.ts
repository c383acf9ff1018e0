import { describe, expect, it } from "vitest";
import { errorWithoutStack } from "./error-stack.ts";

describe("errorWithoutStack", () => {
  it("has its message and no calls, and leaves the stacks of other errors alone", () => {
    const limit: unknown = Reflect.get(Error, "stackTraceLimit");
    const error = errorWithoutStack("The peer has left.");
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toBe("The peer has left.");
    if (typeof limit === "number") expect(error.stack ?? "").not.toMatch(/\n\s*at /);
    expect(Reflect.get(Error, "stackTraceLimit")).toBe(limit);
    const stackOfCaller = function otherCaller(): unknown {
      return new Error("other").stack;
    };
    expect(stackOfCaller()).toContain("otherCaller");
  });

  it("has the usual stack if there is no limit to set", () => {
    const own = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit");
    if (own?.configurable !== true) return;
    Reflect.deleteProperty(Error, "stackTraceLimit");
    try {
      expect(errorWithoutStack("The peer has left.").message).toBe("The peer has left.");
      expect(Reflect.has(Error, "stackTraceLimit")).toBe(false);
    } finally {
      Object.defineProperty(Error, "stackTraceLimit", own);
    }
  });
});
