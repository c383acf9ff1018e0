import { describe, expect, it } from "vitest";
import { UsageError, type UsageErrorCode, usageErrorTable } from "./usage-error.ts";

describe("UsageError", () => {
  it("is an Error with a code and the sentence of the table, and a detail if given", () => {
    const error = new UsageError("send/kind");
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message]).toEqual(["UsageError", "send/kind", usageErrorTable["send/kind"]]);
    const detailed = new UsageError("option/range", "It was 5.");
    expect(detailed.message).toBe(`${usageErrorTable["option/range"]} It was 5.`);
  });

  it.each(Object.keys(usageErrorTable) as UsageErrorCode[])("%s has a sentence that says what to do", (code) => {
    expect(code).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
    expect(usageErrorTable[code]).toMatch(/^[A-Z].*\.$/);
  });
});
