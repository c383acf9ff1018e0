import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCookies, parseCookies } from "./cookies.ts";

describe("parseCookies and formatCookies", () => {
  it("read every line, keep the order, and skip what is not a pair", () => {
    const fields = [
      ["Cookie", 'a=1; b="x=y";c = 2 ; =d; e; __proto__=f; a=3;'],
      ["X", "g=1"],
      ["cookie", "h="],
    ] as const;
    expect(parseCookies(fields)).toEqual([
      ["a", "1"],
      ["b", '"x=y"'],
      ["c", "2"],
      ["__proto__", "f"],
      ["a", "3"],
      ["h", ""],
    ]);
    expect(parseCookies([])).toEqual([]);
  });

  it("read the value of a Cookie field, if there is one", () => {
    expect(parseCookies("a=1; b=2")).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
    expect([parseCookies(""), parseCookies(undefined), parseCookies(null)]).toEqual([[], [], []]);
  });

  it("throw for the headers of another library", () => {
    expect(() => parseCookies({ cookie: "a=1" } as never)).toThrow(expect.objectContaining({ code: "option/type" }));
  });

  it("are inverses", () => {
    const cookie = fc.tuple(
      fc.stringMatching(/^[!#$&'*+.^_`|~0-9A-Za-z-]{1,9}$/),
      fc.stringMatching(/^([!-:<-~]{0,9})$/),
    );
    fc.assert(
      fc.property(fc.array(cookie, { minLength: 1 }), (cookies) => {
        expect(parseCookies([["Cookie", formatCookies(cookies)]])).toEqual(cookies);
      }),
    );
  });

  it.each([
    ["", "a"],
    ["a b", "c"],
    ["a", "b;c"],
    ["a", "b\r\n"],
    ["a", " b"],
    ["a", "b "],
    ["a", "한"],
  ])("formatCookies throws for %j=%j", (name, value) => {
    expect(() => formatCookies([[name, value]])).toThrow(
      expect.objectContaining({
        code: "opening/cookie",
        message: expect.stringMatching(` The cookie was ${name}\\.$`),
      }),
    );
  });
});
