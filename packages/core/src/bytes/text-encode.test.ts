import { concatBytes, utf8Bytes as platformUtf8, sameBytes } from "@hybi/testing/wire";
import { afterEach, describe, expect, it, vi } from "vitest";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import { ByteWriter } from "./byte-writer.ts";
import { portableEncode } from "./portable-text.ts";
import { encodeLongText, encodeText, maxUtf8Length, utf8Bytes } from "./text-encode.ts";

const texts = [
  ...[0, 1, 39, 40, 41, 42, 100].map((length) => "x".repeat(length)),
  ...[1, 13, 40, 41].map((length) => "é".repeat(length)),
  `${"x".repeat(39)}é`,
  `${"x".repeat(40)}é`,
  "\u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}",
  "\uFEFFbom",
  "\ud800",
  "\udfff",
  "\ud83d\ude00",
  "a\ud83db",
  "a\ude00b",
  "\ude00\ud83d",
  `${"x".repeat(50)}\ud83d`,
  "long é€𝄞 ".repeat(1000),
];
const longTexts = [
  "",
  "x",
  ...[65_535, 65_536, 65_537, 200_000].flatMap((length) => [
    "x".repeat(length),
    `${"x".repeat(length - 1)}😀é`,
    `${"x".repeat(length - 1)}\ud83d`,
    "€".repeat(length),
  ]),
];

/** All requirements of an encoder, whichever module it comes from. */
function holds(
  module: { encodeText: typeof encodeText; encodeLongText: typeof encodeLongText; utf8Bytes: typeof utf8Bytes },
  host: typeof noNativeFunctions,
): void {
  for (const text of texts) {
    const expected = platformUtf8(text);
    const target = new Uint8Array(7 + maxUtf8Length(text) + 5).fill(0xee);
    expect(module.encodeText(text, target.subarray(2), 5, host)).toBe(expected.length);
    expect(sameBytes(target.subarray(7, 7 + expected.length), expected)).toBe(true);
    expect([...target.subarray(0, 7)].every((byte) => byte === 0xee)).toBe(true);
    expect([...target.subarray(7 + maxUtf8Length(text))].every((byte) => byte === 0xee)).toBe(true);
    expect(sameBytes(module.utf8Bytes(text, host), expected)).toBe(true);
  }
  for (const text of longTexts) {
    for (const exact of [false, true]) {
      const writer = new ByteWriter();
      expect(module.encodeLongText(text, writer, exact)).toBe(platformUtf8(text).length);
      expect(sameBytes(concatBytes(writer.take()), platformUtf8(text))).toBe(true);
    }
  }
}

describe("encodeText, encodeLongText and utf8Bytes", () => {
  it("write UTF-8, lone surrogates as U+FFFD, and nothing outside their range [F21]", () => {
    holds({ encodeText, encodeLongText, utf8Bytes }, noNativeFunctions);
  });

  it("write the same with the native encoder, which gets everything but short ASCII [F21]", () => {
    let calls = 0;
    const encodeUtf8 = (text: string, target: Uint8Array, at: number) => {
      calls++;
      return new TextEncoder().encodeInto(text, target.subarray(at)).written;
    };
    holds({ encodeText, encodeLongText, utf8Bytes }, { encodeUtf8 });
    expect(calls).toBeGreaterThan(0);
    calls = 0;
    encodeText("x".repeat(40), new Uint8Array(120), 0, { encodeUtf8 });
    expect(calls).toBe(0);
  });

  it("utf8Bytes retains at most twice the memory that it needs", () => {
    for (const text of ["x".repeat(1000), "é".repeat(1000), "€".repeat(1000)]) {
      const encoded = utf8Bytes(text, noNativeFunctions);
      expect(encoded.buffer.byteLength).toBeLessThanOrEqual(2 * encoded.length);
    }
  });
});

describe("portableEncode", () => {
  it("writes what TextEncoder writes [F21]", () => {
    for (const text of [...texts, ...longTexts]) {
      const target = new Uint8Array(3 + maxUtf8Length(text));
      const { read, written } = portableEncode(text, target, 3, target.length - 3);
      expect(read).toBe(text.length);
      expect(sameBytes(target.subarray(3, 3 + written), platformUtf8(text))).toBe(true);
    }
  });

  it("writes as many whole characters as fit, and nothing behind its room [F21]", () => {
    const characters = ["a", "\u00e9", "\u20ac", "\u{1d11e}", "\ud800", "z"];
    const text = characters.join("");
    for (let room = 0; room <= 16; room++) {
      let fitting = "";
      for (const character of characters) {
        if (platformUtf8(fitting + character).length > room) break;
        fitting += character;
      }
      const expected = platformUtf8(fitting);
      const target = new Uint8Array(20).fill(0xee);
      expect(portableEncode(text, target, 2, room)).toEqual({ read: fitting.length, written: expected.length });
      expect([...target]).toEqual([0xee, 0xee, ...expected, ...Array<number>(18 - expected.length).fill(0xee)]);
    }
  });
});

describe("on a platform without TextEncoder", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("everything is still encoded [F21]", async () => {
    const encoder = new TextEncoder();
    vi.resetModules();
    vi.stubGlobal("TextEncoder", undefined);
    const portable = await import("./text-encode.ts");
    vi.stubGlobal("TextEncoder", encoder.constructor);
    holds(portable, noNativeFunctions);
  });
});
