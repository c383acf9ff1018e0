import { describe, expect, it } from "vitest";
import { usageErrorOf } from "../../tests/support/connections.ts";
import { defaultLimits, encodedMessageLimit, resolveLimits } from "./limits.ts";

describe("resolveLimits", () => {
  it("returns the defaults, overridden by the given limits", () => {
    expect(resolveLimits(undefined)).toBe(defaultLimits);
    expect(resolveLimits({})).toEqual(defaultLimits);
    expect(resolveLimits({ message: 5, frame: 0 })).toEqual({ ...defaultLimits, message: 5, frame: 0 });
    expect(resolveLimits({ queuedOutput: Number.POSITIVE_INFINITY }).queuedOutput).toBe(Number.POSITIVE_INFINITY);
  });

  it("honours limits that are inherited, or getters of a class", () => {
    class Given {
      get message() {
        return 5;
      }
    }
    expect(resolveLimits(new Given()).message).toBe(5);
    expect(resolveLimits(Object.create({ message: 5 })).message).toBe(5);
  });

  it("returns frozen limits, and does not keep the given object", () => {
    const given = { message: 5 };
    const limits = resolveLimits(given);
    given.message = 6;
    expect([limits.message, Object.isFrozen(limits), Object.isFrozen(defaultLimits)]).toEqual([5, true, true]);
  });

  it.each(Object.keys(defaultLimits))("throws for %s unless it is a number of at least 0", (name) => {
    for (const value of [-1, Number.NaN, "5", null]) {
      expect(usageErrorOf(() => resolveLimits({ [name]: value }))).toBe("option/range");
    }
  });

  it("defaults encodedMessage to an eighth more than the message limit, unless it is set [A08]", () => {
    expect(encodedMessageLimit(defaultLimits)).toBe(16_777_216 + 2_097_152 + 1024);
    expect(encodedMessageLimit(resolveLimits({ message: 1 }))).toBe(1_026);
    expect(encodedMessageLimit(resolveLimits({ message: 1_000_000, encodedMessage: 50 }))).toBe(50);
    expect(encodedMessageLimit(resolveLimits({ message: Number.POSITIVE_INFINITY }))).toBe(Number.POSITIVE_INFINITY);
  });
});
