import { describe, expect, it } from "vitest";
import { parseHttpDate } from "./http-date.ts";

const now = Date.UTC(2026, 10, 20);
const example = Date.UTC(1994, 10, 6, 8, 49, 37);

describe("parseHttpDate", () => {
  it.each([
    ["Sun, 06 Nov 1994 08:49:37 GMT", example],
    ["Sunday, 06-Nov-94 08:49:37 GMT", example],
    ["Sun Nov  6 08:49:37 1994", example],
    ["Wed Nov 16 08:49:37 1994", Date.UTC(1994, 10, 16, 8, 49, 37)],
    ["Saturday, 31-Dec-76 00:00:00 GMT", Date.UTC(2076, 11, 31)],
    ["Saturday, 31-Dec-77 00:00:00 GMT", Date.UTC(1977, 11, 31)],
    ["Tue, 29 Feb 2028 23:59:59 GMT", Date.UTC(2028, 1, 29, 23, 59, 59)],
    ["Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2016, 11, 31, 23, 59, 59)],
  ])("parses %s [R23]", (text, expected) => {
    expect(parseHttpDate(text, now)).toBe(expected);
  });

  it.each([
    "",
    "120",
    "tomorrow",
    "2026-11-20T00:00:00Z",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 CET",
    "Sun, 06 Nox 1994 08:49:37 GMT",
    "Tue, 31 Feb 2026 00:00:00 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    " Sun, 06 Nov 1994 08:49:37 GMT",
  ])("returns undefined for %j [R23]", (text) => {
    expect(parseHttpDate(text, now)).toBeUndefined();
  });
});
