import { describe, expect, it } from "vitest";
import { checkDuration } from "./duration.ts";
import { UsageError } from "./usage-error.ts";

describe("checkDuration", () => {
  it.each([0, 0.5, 2 ** 31, 1e300, Number.POSITIVE_INFINITY])("returns %d", (value) => {
    expect(checkDuration("wait", value)).toBe(value);
  });

  it.each([Number.NaN, -1, -0.001, Number.NEGATIVE_INFINITY, "5", null, undefined, 5n, {}, new Date(5)])(
    "throws for %s, and names the option [R14]",
    (value) => {
      const call = (): unknown => checkDuration("wait", value as number);
      expect(call).toThrow(UsageError);
      expect(call).toThrow(/wait must be a number of milliseconds/);
    },
  );
});
