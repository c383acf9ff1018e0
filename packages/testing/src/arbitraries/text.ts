/** Text, UTF-8, and UTF-8 that is invalid in one named way (RFC 3629 §3–4). */
import fc from "fast-check";
import { concatBytes, utf8Bytes } from "../bytes/bytes.ts";
import { type NamedWays, oneOfNamed } from "./named.ts";

/**
 * Any text that UTF-8 can encode, including a leading U+FEFF, U+0000 and noncharacters. `maxLength` counts code
 * points. Shrinks towards no text.
 */
export function text(maxLength = 40): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: "binary-ascii", maxLength }) },
    { weight: 3, arbitrary: fc.string({ unit: codePoint(), maxLength }) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: fc.constantFrom("\ufeff", "\u0000", "\uffff", "é", "€", "𝄞"), maxLength }),
    },
  );
}

/** One char or a surrogate pair, of one to four bytes. The unit "binary" of fast-check takes a second to initialize. */
function codePoint(): fc.Arbitrary<string> {
  const surrogates = 0x800;
  return fc
    .oneof(
      fc.integer({ min: 0, max: 0x7f }),
      fc.integer({ min: 0x80, max: 0x7ff }),
      fc.integer({ min: 0x800, max: 0xffff - surrogates }).map((code) => (code < 0xd800 ? code : code + surrogates)),
      fc.integer({ min: 0x1_0000, max: 0x10_ffff }),
    )
    .map((code) => String.fromCodePoint(code));
}

/** Bytes that are valid UTF-8 up to one place. */
export interface IllegalUtf8 {
  /** Description of the fault. */
  readonly name: string;
  readonly code: "message/utf8-invalid" | "message/utf8-truncated";
  readonly bytes: Uint8Array;
  /** Index of the first byte that is invalid where it stands; `bytes.length` when the end comes too early. */
  readonly at: number;
}

/** Each fault, with the index of its offending byte. A truncated sequence ends the text. */
const breakings: readonly (readonly [name: string, bytes: readonly number[], at: number])[] = [
  ["a continuation byte alone", [0x80], 0],
  ["the last continuation byte alone", [0xbf], 0],
  ["C0, which starts only overlong forms", [0xc0, 0x80], 0],
  ["C1, which starts only overlong forms", [0xc1, 0xbf], 0],
  ["an overlong form of three bytes", [0xe0, 0x9f, 0xbf], 1],
  ["an overlong form of four bytes", [0xf0, 0x8f, 0xbf, 0xbf], 1],
  ["the first surrogate", [0xed, 0xa0, 0x80], 1],
  ["the last surrogate", [0xed, 0xbf, 0xbf], 1],
  ["a code point above U+10FFFF", [0xf4, 0x90, 0x80, 0x80], 1],
  ["F5", [0xf5, 0x80, 0x80, 0x80], 0],
  ["FF", [0xff], 0],
  ["two bytes of which the second is ASCII", [0xc3, 0x28], 1],
  ["three bytes of which the third is ASCII", [0xe2, 0x82, 0x28], 2],
  ["four bytes of which the fourth is ASCII", [0xf0, 0x9d, 0x84, 0x28], 3],
  ["three bytes of which the second starts another sequence", [0xe2, 0xc3, 0xa9], 1],
];

const truncations: readonly (readonly number[])[] = [
  [0xc3],
  [0xe2],
  [0xe2, 0x82],
  [0xf0],
  [0xf0, 0x9d],
  [0xf0, 0x9d, 0x84],
];

/** UTF-8 with one fault between legal text, or truncated at its end. Shrinks towards the fault alone. */
export function illegalUtf8(...codes: readonly IllegalUtf8["code"][]): fc.Arbitrary<IllegalUtf8> {
  const within: fc.Arbitrary<Omit<IllegalUtf8, "code">> = fc
    .tuple(text(20), fc.constantFrom(...breakings), text(20))
    .map(([before, [name, bytes, at], after]) => {
      const start = utf8Bytes(before);
      return { name, bytes: concatBytes([start, Uint8Array.from(bytes), utf8Bytes(after)]), at: start.length + at };
    });
  const truncated: fc.Arbitrary<Omit<IllegalUtf8, "code">> = fc
    .tuple(text(20), fc.constantFrom(...truncations))
    .map(([before, cut]) => {
      const bytes = concatBytes([utf8Bytes(before), Uint8Array.from(cut)]);
      return { name: `${cut.length} bytes of a sequence at the end`, bytes, at: bytes.length };
    });
  const ways: NamedWays<IllegalUtf8["code"], Omit<IllegalUtf8, "code">> = {
    "message/utf8-invalid": within,
    "message/utf8-truncated": truncated,
  };
  return oneOfNamed(ways, codes).map(([code, illegal]) => ({ code, ...illegal }));
}
