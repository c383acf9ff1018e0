import { describe, expect, it } from "vitest";
import { UsageError } from "./checks/usage-error.ts";
import { explainUsageError, explainViolation } from "./explain.ts";
import { violationTable } from "./vocabulary/violation.ts";

describe("explainViolation", () => {
  it("returns the message that the violation has where sentences are loaded", () => {
    expect(explainViolation("frame/mask-missing")).toBe(violationTable["frame/mask-missing"].message);
  });
});

describe("explainUsageError", () => {
  it("returns the message that the error has where sentences are loaded", () => {
    expect(explainUsageError("send/kind")).toBe(new UsageError("send/kind").message);
  });
});

it.each(["nope", "toString", "constructor", "__proto__"])("says so when no rule has the code %s", (code) => {
  const sentence = `No rule of this version has the code "${code}".`;
  expect([explainViolation(code as never), explainUsageError(code as never)]).toEqual([sentence, sentence]);
  expect(new UsageError(code as never).message).toContain(code);
});
