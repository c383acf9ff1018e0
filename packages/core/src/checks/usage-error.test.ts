import { describe, expect, it } from "vitest";
import { usageErrorSentences } from "../sentences/usage-errors.ts";
import { UsageError, type UsageErrorCode, usageErrorMessage } from "./usage-error.ts";

describe("UsageError", () => {
  it("is an Error with a code and the sentence of the table, and a detail if given", () => {
    const error = new UsageError("send/kind");
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message]).toEqual([
      "UsageError",
      "send/kind",
      usageErrorSentences["send/kind"],
    ]);
    const detailed = new UsageError("option/range", "It was 5.");
    expect(detailed.message).toBe(`${usageErrorSentences["option/range"]} It was 5.`);
  });

  it.each(Object.keys(usageErrorSentences) as UsageErrorCode[])("%s has a sentence that says what to do", (code) => {
    expect(code).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
    expect(usageErrorSentences[code]).toMatch(/^[A-Z].*\.$/);
  });
});

describe("usageErrorMessage", () => {
  it("says where the sentence is when it is left out, and keeps the detail", () => {
    const where = 'Usage error: see explainUsageError("send/kind") of @hybi/core/explain.';
    expect(usageErrorMessage("send/kind", undefined, {})).toBe(where);
    expect(usageErrorMessage("send/kind", "It was 5.", {})).toBe(`${where} It was 5.`);
  });
});
