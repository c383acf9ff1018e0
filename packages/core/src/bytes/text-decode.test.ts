import { concatBytes, displaceBytes, hexBytes, utf8Bytes } from "@hybi/testing/wire";
import { afterEach, describe, expect, it, vi } from "vitest";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import { portableDecode } from "./portable-text.ts";
import { continueUtf8, decodeText, decodeValidText, isUtf8 } from "./text-decode.ts";
import { utf8Boundary, validateUtf8 } from "./utf8.ts";

const texts = [
  ...Array.from({ length: 40 }, (_, length) => "The quick brown fox jumps over the lazy dog".slice(0, length)),
  "é",
  `${"x".repeat(15)}é`,
  `${"x".repeat(14)}é`,
  "é".repeat(20),
  "ascii first, then é",
  "€".repeat(50),
  "𝄞".repeat(50),
  "\uFEFFbom",
  `\uFEFF${"x".repeat(100)}`,
  "\ufffd meant \ufffd",
  "\u0000\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}",
  "long ".repeat(5000),
  "lóng €𝄞 ".repeat(5000),
];
const faults = [
  "80",
  "c080",
  "c3",
  "eda080",
  "f4908080",
  "ff",
  `${"61".repeat(40)}ff`,
  `${"c3a9".repeat(40)}c3`,
  "efbfbd ff",
];

/** Native functions that count their calls. */
function countingFunctions() {
  const calls = { isUtf8: 0, decodeUtf8: 0, decodeAscii: 0 };
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const native = {
    isUtf8: (array: Uint8Array, start: number, end: number) => {
      calls.isUtf8++;
      return validateUtf8(utf8Boundary, array, start, end) === utf8Boundary;
    },
    decodeUtf8: (array: Uint8Array, start: number, end: number) => {
      calls.decodeUtf8++;
      return decoder.decode(array.subarray(start, end));
    },
    decodeAscii: (array: Uint8Array, start: number, end: number) => {
      calls.decodeAscii++;
      return String.fromCharCode(...array.subarray(start, end));
    },
  };
  return { calls, native };
}

/** All requirements of a decoder, for the functions of `module` with the help of `native`. */
function holds(
  module: { decodeText: typeof decodeText; decodeValidText: typeof decodeValidText; isUtf8: typeof isUtf8 },
  native: typeof noNativeFunctions,
): void {
  for (const text of texts) {
    const array = displaceBytes(concatBytes([hexBytes("ff"), utf8Bytes(text), hexBytes("ff")]), 3);
    const end = array.length - 1;
    const ascii = utf8Bytes(text).length === text.length;
    expect(module.decodeText(array, 1, end, native) === text).toBe(true);
    expect(module.decodeText(utf8Bytes(text), 0, end - 1, native) === text).toBe(true);
    expect(module.decodeValidText(array, 1, end, ascii, native) === text).toBe(true);
    expect(module.isUtf8(array, 1, end, native)).toBe(true);
  }
  for (const fault of faults) {
    const array = hexBytes(fault);
    expect(module.decodeText(array, 0, array.length, native)).toBeUndefined();
    expect(module.isUtf8(array, 0, array.length, native)).toBe(false);
  }
}

const ours = { decodeText, decodeValidText, isUtf8 };

describe("decodeText, decodeValidText and isUtf8", () => {
  it("decode all text and reject all other bytes, with the platform's decoder [F17] [F18] [F19]", () => {
    holds(ours, noNativeFunctions);
  });

  it("return the same with any one of the native functions, and with all of them", () => {
    const { native } = countingFunctions();
    holds(ours, native);
    holds(ours, { isUtf8: native.isUtf8 });
    holds(ours, { decodeUtf8: native.decodeUtf8 });
    holds(ours, { decodeAscii: native.decodeAscii });
  });

  it("use the native functions for input that is long enough", () => {
    const { calls, native } = countingFunctions();
    const ascii = utf8Bytes("x".repeat(100));
    decodeText(ascii, 0, 100, native);
    expect(calls).toEqual({ isUtf8: 0, decodeUtf8: 0, decodeAscii: 1 });
    const other = utf8Bytes("é".repeat(100));
    decodeText(other, 0, 200, native);
    expect(calls).toEqual({ isUtf8: 0, decodeUtf8: 1, decodeAscii: 1 });
    decodeValidText(ascii, 0, 100, true, native);
    decodeValidText(other, 0, 200, false, native);
    expect(calls).toEqual({ isUtf8: 0, decodeUtf8: 2, decodeAscii: 2 });
  });
});

describe("continueUtf8", () => {
  const { native } = countingFunctions();

  it("returns what validateUtf8 does, from every state, at every cut, with and without native functions", () => {
    const long = concatBytes([utf8Bytes("é€𝄞x".repeat(40)), hexBytes("f09d84")]);
    for (let from = 0; from < 12; from++) {
      const state = validateUtf8(utf8Boundary, long, 0, from);
      for (const to of [from, from + 10, ...Array.from({ length: 12 }, (_, index) => long.length - index)]) {
        const expected = validateUtf8(state, long, from, to);
        expect(continueUtf8(state, long, from, to, noNativeFunctions)).toBe(expected);
        expect(continueUtf8(state, long, from, to, native)).toBe(expected);
      }
    }
  });

  it("finds the same invalid byte at every position", () => {
    const text = utf8Bytes("é€𝄞x".repeat(20));
    for (let at = 0; at < text.length; at++) {
      for (const fault of [0xff, 0x80, 0xc2, 0x41]) {
        const array = text.slice();
        array[at] = fault;
        const expected = validateUtf8(utf8Boundary, array, 0, array.length);
        expect(continueUtf8(utf8Boundary, array, 0, array.length, native)).toBe(expected);
      }
    }
    const rest = concatBytes([hexBytes("80 80"), text]);
    for (const state of [0, 1, 2, 3, 4, 5, 6, 7]) {
      expect(continueUtf8(state, rest, 0, rest.length, native)).toBe(validateUtf8(state, rest, 0, rest.length));
    }
  });
});

describe("portableDecode", () => {
  it("decodes as TextDecoder does, at every length around the limit of an argument list", () => {
    for (const text of texts)
      expect(
        portableDecode(concatBytes([hexBytes("ff"), utf8Bytes(text)]), 1, utf8Bytes(text).length + 1) === text,
      ).toBe(true);
    for (const length of [4094, 4095, 4096, 4097, 8192]) {
      for (const char of ["a", "é", "€", "𝄞"]) {
        const text = char.repeat(length);
        expect(portableDecode(utf8Bytes(text), 0, utf8Bytes(text).length) === text).toBe(true);
      }
    }
  });
});

describe("on a platform without TextDecoder", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("everything is still decoded [F17] [F18] [F19]", async () => {
    const { native } = countingFunctions();
    vi.resetModules();
    vi.stubGlobal("TextDecoder", undefined);
    const portable = await import("./text-decode.ts");
    holds(portable, noNativeFunctions);
    holds(portable, { isUtf8: native.isUtf8 });
    holds(portable, { decodeAscii: native.decodeAscii });
    holds(portable, native);
  });
});
