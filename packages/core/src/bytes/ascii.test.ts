import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeLatin1, encodeLatin1, equalsIgnoringCase, toAsciiLowerCase } from "./ascii.ts";

describe("decodeLatin1 and encodeLatin1", () => {
  it("are inverses for every byte and any length", () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(encodeLatin1(decodeLatin1(all, 0, 256))).toEqual(all);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (bytes, start) => {
        const from = Math.min(start, bytes.length);
        expect(encodeLatin1(decodeLatin1(bytes, from, bytes.length))).toEqual(bytes.slice(from));
      }),
    );
  });

  it("encodeLatin1 writes text of any length, and returns a new array from each call", () => {
    const text = "x".repeat(10_000);
    expect(encodeLatin1(text).length).toBe(10_000);
    const first = encodeLatin1("a".repeat(100));
    encodeLatin1("b".repeat(100));
    expect(first.every((byte) => byte === 0x61)).toBe(true);
  });

  it("encodeLatin1 writes NUL for a char above U+00FF, instead of truncating it to another char", () => {
    expect(encodeLatin1("a\u010d\u010a\ud83d\ude00")).toEqual(Uint8Array.of(0x61, 0, 0, 0, 0));
    const long = encodeLatin1(`${"a".repeat(2000)}한`);
    expect([long.length, long[1999], long[2000]]).toEqual([2001, 0x61, 0]);
  });
});

describe("equalsIgnoringCase and toAsciiLowerCase", () => {
  it("fold ASCII letters and nothing else", () => {
    expect(equalsIgnoringCase("UpGrade", "upgrade")).toBe(true);
    expect(equalsIgnoringCase("upgrade", "upgrade")).toBe(true);
    expect(equalsIgnoringCase("upgrad", "upgrade")).toBe(false);
    expect(equalsIgnoringCase("upgrads", "upgrade")).toBe(false);
    // U+212A is the Kelvin sign, which Unicode folds to k; 0x5B and 0x40 are adjacent to the letters.
    expect(equalsIgnoringCase("\u212a", "k")).toBe(false);
    expect(equalsIgnoringCase("[", "{")).toBe(false);
    expect(equalsIgnoringCase("@", "`")).toBe(false);
    expect(toAsciiLowerCase("aBC-É\u212a")).toBe("abc-É\u212a");
    expect(toAsciiLowerCase("abc")).toBe("abc");
    expect(toAsciiLowerCase("É")).toBe("É");
  });

  it("agree with each other, and fold each char by itself", () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(texts, (text) => {
        const lower = toAsciiLowerCase(text);
        const folded = text.split("").map((char) => (/^[A-Z]$/.test(char) ? char.toLowerCase() : char));
        expect(lower).toBe(folded.join(""));
        expect(equalsIgnoringCase(text, lower)).toBe(true);
      }),
    );
  });
});
