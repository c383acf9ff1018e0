import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isFieldContent,
  isFieldValue,
  isTchar,
  isToken,
  isWhiteSpace,
  parseList,
  parseQuotedString,
  parseTokenList,
  skipFieldContent,
  skipOws,
  skipTchars,
  skipToken,
  trimOws,
} from "./grammar.ts";

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe("tokens", () => {
  it("isTchar is true for the chars of RFC 9110 §5.6.2 and no others", () => {
    const tchars = [...everyByte].filter(isTchar).map((byte) => String.fromCharCode(byte));
    expect(tchars.join("")).toBe("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
    expect([0x100, 0xac00, Number.NaN].some(isTchar)).toBe(false);
  });

  it("isToken requires at least one tchar", () => {
    expect(["", "a b", "a,", "é", "a\0"].some(isToken)).toBe(false);
    expect(["a", "!", "permessage-deflate"].every(isToken)).toBe(true);
  });

  it("skipToken stops at the first char that is not a tchar", () => {
    expect([skipToken("ab c", 0), skipToken("ab c", 2), skipToken("ab c", 3), skipToken("", 0)]).toEqual([2, 2, 4, 0]);
    expect(skipTchars(Uint8Array.of(0x61, 0x62, 0x20), 0, 3)).toBe(2);
    expect(skipTchars(Uint8Array.of(0x61, 0x62, 0x63), 0, 2)).toBe(2);
  });
});

describe("field values", () => {
  it("isFieldContent is true for VCHAR, obs-text, SP and HTAB only", () => {
    const others = [...everyByte].filter((byte) => !isFieldContent(byte));
    expect(others).toEqual([...Array(9).keys(), ...Array.from({ length: 22 }, (_, index) => index + 10), 0x7f]);
    expect(isFieldContent(0x100)).toBe(false);
    expect([...everyByte].filter(isWhiteSpace)).toEqual([0x09, 0x20]);
  });

  it("skipFieldContent stops at the first byte that is not field content, at any index and after any bytes", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.constantFrom(0, 0x0a, 0x0d, 0x7f), (before, after, byte) => {
        const bytes = new Uint8Array(before + 1 + after).map((_, index) => (index % 3 === 0 ? 0x20 : 0x80 + index));
        bytes[before] = byte;
        expect(skipFieldContent(bytes, 0, bytes.length)).toBe(before);
        expect(skipFieldContent(bytes, 0, before)).toBe(before);
      }),
    );
  });

  it("isFieldValue allows white space inside but not at the ends", () => {
    expect(["", "a", "a b", "a\tb", "\xe9"].every(isFieldValue)).toBe(true);
    expect([" ", " a", "a ", "a\t", "a\nb", "a\rb", "a\0", "\x7f", "한"].some(isFieldValue)).toBe(false);
  });

  it("skipOws and trimOws remove SP and HTAB only", () => {
    expect(skipOws(" \ta", 0)).toBe(2);
    expect(trimOws(" \t a b\t ")).toBe("a b");
    expect(trimOws("\u00a0a\n")).toBe("\u00a0a\n");
    expect(trimOws("  ")).toBe("");
  });
});

describe("parseQuotedString", () => {
  it("removes the quotes and the backslashes", () => {
    expect(parseQuotedString('"a\\"\\\\b" c', 0)).toEqual({ text: 'a"\\b', end: 8 });
    expect(parseQuotedString('x""', 1)).toEqual({ text: "", end: 3 });
  });

  it.each(["", "a", 'a"', '"', '"a', '"\\', '"\\"', '"\n"', '"\\\n"', '"한"'])("returns undefined for %j", (text) => {
    expect(parseQuotedString(text, 0)).toBeUndefined();
  });

  it("returns the original text of what was quoted, for any field content", () => {
    const content = fc.string({ unit: fc.constantFrom(...'ab"\\ \t,;\xe9') });
    fc.assert(
      fc.property(content, (text) => {
        const quoted = `"${text.replace(/["\\]/g, "\\$&")}"`;
        expect(parseQuotedString(quoted, 0)).toEqual({ text, end: quoted.length });
      }),
    );
  });
});

describe("parseList and parseTokenList", () => {
  it("skip empty elements, over any number of lines (RFC 9110 §5.6.1.2)", () => {
    expect(parseList(["foo ,bar,", "", " ", "foo , ,bar,charlie", "x"])).toEqual([
      "foo",
      "bar",
      "foo",
      "bar",
      "charlie",
      "x",
    ]);
    expect(parseList([",   ,"])).toEqual([]);
  });

  it("parseTokenList returns undefined when an element is not a token", () => {
    expect(parseTokenList(["a, b"])).toEqual(["a", "b"]);
    expect(parseTokenList(["a, b c"])).toBeUndefined();
  });
});
