import { describe, expect, it } from "vitest";
import { isSendable, statusCodes } from "./status-code.ts";

describe("isSendable", () => {
  it("is true exactly for 1000-1003, 1007-1014 and 3000-4999 [X02] [X05]", () => {
    const ranges: [from: number, to: number][] = [];
    for (let code = -1; code <= 70_000; code++) {
      if (!isSendable(code)) continue;
      const last = ranges.at(-1);
      if (last !== undefined && last[1] === code - 1) last[1] = code;
      else ranges.push([code, code]);
    }
    expect(ranges).toEqual([
      [1000, 1003],
      [1007, 1014],
      [3000, 4999],
    ]);
  });

  it.each([Number.NaN, 1000.5, Number.POSITIVE_INFINITY, -1000, 66_536])(
    "is false for %d, which is not a 16-bit integer [X25]",
    (code) => {
      expect(isSendable(code)).toBe(false);
    },
  );

  it("is true for the named codes, except the two that only the application sees", () => {
    const unsendable = Object.values(statusCodes).filter((code) => !isSendable(code));
    expect(unsendable).toEqual([statusCodes.noStatusReceived, statusCodes.abnormalClosure]);
  });
});
