/** What Bun lends to core gives the same results as the platform's encoder and decoder. */
import type { NativeFunctions } from "@hybi/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bunFunctions } from "../src/native-functions.ts";

// None of these is missing in the versions of Bun that are tested.
type Lent = { readonly [Name in keyof NativeFunctions]-?: NonNullable<NativeFunctions[Name]> };
const { isUtf8, decodeAscii, encodeUtf8 } = bunFunctions as Lent;
const margin = fc.nat({ max: 9 });

/** Puts `content` somewhere into a longer array, and returns what `use` makes of it there. */
function within<Result>(
  content: Uint8Array,
  before: number,
  use: (bytes: Uint8Array, start: number, end: number) => Result,
): Result {
  const bytes = new Uint8Array(before + content.length + 5).fill(0xff);
  bytes.set(content, before);
  return use(bytes, before, before + content.length);
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe("a function that Bun lends to core", () => {
  it("isUtf8 accepts what a fatal TextDecoder accepts, and nothing else", () => {
    const text = fc.string({ unit: "binary", maxLength: 300 }).map((chars) => new TextEncoder().encode(chars));
    fc.assert(
      fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 300 })), margin, (content, before) => {
        expect(within(content, before, isUtf8)).toBe(isText(content));
      }),
    );
  });

  it("decodeAscii makes one char of each byte", () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 0x7f, maxLength: 5_000 }), margin, (content, before) => {
        expect(within(content, before, decodeAscii)).toBe(new TextDecoder().decode(content));
      }),
    );
  });

  it("encodeUtf8 writes what TextEncoder writes, a lone surrogate as U+FFFD, and nothing behind it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 300 }),
        margin,
        (text, at) => {
          const target = new Uint8Array(at + 3 * text.length + 5).fill(0xff);
          const expected = target.slice();
          const encoded = new TextEncoder().encode(text);
          expected.set(encoded, at);
          expect(encodeUtf8(text, target, at)).toBe(encoded.length);
          expect(target).toEqual(expected);
        },
      ),
    );
  });
});
