import { patternBytes, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { usageErrorOf } from "../../tests/support/connections.ts";
import { readFrames } from "../../tests/support/read-frames.ts";
import { prepareBinary, prepareText } from "./prepared-message.ts";

describe("prepareText and prepareBinary", () => {
  it.each([0, 1, 125, 126, 65_535, 65_536])(
    "make one unmasked frame of %i bytes, and the payload within it",
    (length) => {
      const binary = prepareBinary(patternBytes(length));
      expect(binary.kind).toBe("binary");
      const [frame] = readFrames([binary.frame]);
      expect(frame).toMatchObject({ opcode: 0x2, final: true, rsv: 0, key: undefined });
      expect(sameBytes(frame?.payload ?? patternBytes(1), patternBytes(length))).toBe(true);
      expect(sameBytes(binary.payload, patternBytes(length))).toBe(true);
      expect(readFrames([prepareText("x".repeat(length)).frame])).toMatchObject([{ opcode: 0x1, final: true }]);
    },
  );

  it("encode text as UTF-8, with native functions too, lone surrogates as U+FFFD [F21]", () => {
    const encodeUtf8 = (text: string, target: Uint8Array, at: number) =>
      new TextEncoder().encodeInto(text, target.subarray(at)).written;
    for (const host of [undefined, { encodeUtf8 }]) {
      expect(prepareText("é\ud800€", host).payload).toEqual(utf8Bytes("é\ufffd€"));
    }
  });

  it("throw for what is not text, or not bytes", () => {
    expect(usageErrorOf(() => prepareText(utf8Bytes("x") as never))).toBe("send/data-type");
    for (const wrong of ["x", undefined, new ArrayBuffer(2), Uint16Array.of(1, 2)]) {
      expect(usageErrorOf(() => prepareBinary(wrong as never))).toBe("send/data-type");
    }
  });

  it("have the frame as the runtime writes it, and refuse another", () => {
    const given: Uint8Array[] = [];
    const written = new Uint8Array(5);
    const asWritten = (bytes: Uint8Array): Uint8Array => {
      given.push(bytes);
      return written;
    };
    for (const message of [prepareText("abc", { asWritten }), prepareBinary(utf8Bytes("abc"), { asWritten })]) {
      expect(message.frame).toBe(written);
      expect(message.payload).toEqual(utf8Bytes("abc"));
    }
    expect(readFrames(given)).toMatchObject([{ opcode: 0x1 }, { opcode: 0x2 }]);
    for (const wrong of [undefined, "abcde", new Uint8Array(4), Promise.resolve(written)]) {
      expect(usageErrorOf(() => prepareText("abc", { asWritten: () => wrong as never }))).toBe("callback/result");
    }
  });

  it("copy their input [F12]", () => {
    const data = utf8Bytes("abc");
    const message = prepareBinary(data);
    data.fill(0);
    expect(message.payload).toEqual(utf8Bytes("abc"));
  });
});
