import { displaceBytes, hexBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { skipAscii, utf8Boundary, validateUtf8 } from "./utf8.ts";

/** The grammar of RFC 3629 §4, transcribed literally. */
const grammar =
  /^(?:[^\x80-\xff]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})*$/;

const edges = [
  0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
  0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];

describe("validateUtf8", () => {
  it("agrees with the grammar of RFC 3629 on every three-byte sequence at the edges of its ranges, and on four-byte ones [F18]", () => {
    const isValid = (array: Uint8Array) => validateUtf8(utf8Boundary, array, 0, array.length) === utf8Boundary;
    const array = new Uint8Array(4);
    let wrong = 0;
    for (const a of edges) {
      for (const b of edges) {
        for (const c of edges) {
          for (const d of edges) {
            array.set([a, b, c, d]);
            if (isValid(array) !== grammar.test(String.fromCharCode(a, b, c, d))) wrong++;
          }
          if (isValid(array.subarray(0, 3)) !== grammar.test(String.fromCharCode(a, b, c))) wrong++;
        }
        if (isValid(array.subarray(0, 2)) !== grammar.test(String.fromCharCode(a, b))) wrong++;
      }
    }
    expect(wrong).toBe(0);
  });

  it("returns the complement of the index of the first invalid byte", () => {
    for (const lead of [0, 1, 15, 16, 17, 40]) {
      const array = new Uint8Array([...utf8Bytes("x".repeat(lead)), 0xff, 0x41]);
      expect(validateUtf8(utf8Boundary, array, 0, array.length)).toBe(~lead);
    }
  });

  it("continues from any state at any cut, and stays within its range [F17]", () => {
    const text = utf8Bytes("aé€𝄞\u0800\ud7ff\ue000\u{10ffff}");
    const array = new Uint8Array([0xff, ...text, 0xff]);
    for (let at = 1; at <= text.length + 1; at++) {
      const state = validateUtf8(utf8Boundary, array, 1, at);
      expect(state).toBeGreaterThanOrEqual(0);
      expect(validateUtf8(state, array, at, text.length + 1)).toBe(utf8Boundary);
      expect(validateUtf8(state, array, at, text.length + 2)).toBe(~(text.length + 1));
    }
  });

  it.each(["c2", "e0", "e0a0", "ed", "ed9f", "e182", "f0", "f090", "f09080", "f1", "f4", "f48f"])(
    "reports neither a fault nor a boundary for the truncated %s [F17]",
    (hex) => {
      const array = hexBytes(hex);
      expect(validateUtf8(utf8Boundary, array, 0, array.length)).toBeGreaterThan(utf8Boundary);
    },
  );
});

describe("skipAscii", () => {
  it("finds the first byte that is not ASCII, at every index, length and alignment", () => {
    for (let offset = 0; offset < 5; offset++) {
      for (const length of [0, 1, 7, 15, 16, 17, 31, 32, 33, 40, 64, 65]) {
        const plain = displaceBytes(new Uint8Array(length).fill(0x7f), offset);
        expect(skipAscii(plain, 0, length)).toBe(length);
        for (let at = 0; at < length; at++) {
          plain[at] = 0x80;
          expect(skipAscii(plain, 0, length)).toBe(at);
          // Bytes outside the range do not count.
          expect(skipAscii(plain, Math.min(at + 1, length), length)).toBe(length);
          expect(skipAscii(plain, 0, at)).toBe(at);
          plain[at] = 0x7f;
        }
      }
    }
  });
});
