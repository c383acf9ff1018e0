import { describe, expect, it } from "vitest";
import { checkExtendedLength, checkFirstByte, checkSecondByte } from "./rules.ts";

describe("checkFirstByte", () => {
  it("returns the right violation for all 256 bytes, within and between messages, for every set of owned bits [F01] [F02] [F07] [F13] [F14]", () => {
    for (let byte = 0; byte < 256; byte++) {
      for (const owned of [0, 0x10, 0x20, 0x40, 0x30, 0x50, 0x60, 0x70]) {
        for (const inProgress of [false, true]) {
          const opcode = byte & 0xf;
          const rsv = byte & 0x70;
          const control = opcode >= 8;
          const expected =
            (rsv | owned) !== owned
              ? "frame/rsv-unowned"
              : ![0, 1, 2, 8, 9, 10].includes(opcode)
                ? "frame/opcode-reserved"
                : rsv > 0 && opcode !== 1 && opcode !== 2
                  ? "frame/rsv-misplaced"
                  : control && byte < 0x80
                    ? "frame/control-fragmented"
                    : opcode === 0 && !inProgress
                      ? "frame/continuation-unexpected"
                      : !control && opcode > 0 && inProgress
                        ? "frame/continuation-expected"
                        : undefined;
          expect(checkFirstByte(byte, owned, inProgress)).toBe(expected);
        }
      }
    }
  });
});

describe("checkSecondByte", () => {
  it("returns the right violation for all 256 bytes, for both roles, in data and control frames [F06] [F08]", () => {
    for (let byte = 0; byte < 256; byte++) {
      const masked = byte >= 0x80;
      for (const first of [0x81, 0x02, 0x80, 0x88, 0x89, 0x8a]) {
        const tooLong = (byte & 0x7f) > 125 && first >= 0x88 ? "frame/control-too-long" : undefined;
        expect(checkSecondByte(first, byte, "server")).toBe(masked ? tooLong : "frame/mask-missing");
        expect(checkSecondByte(first, byte, "client")).toBe(masked ? "frame/mask-unexpected" : tooLong);
      }
    }
  });
});

describe("checkExtendedLength", () => {
  it.each([
    [2, 0, 0, "frame/length-not-minimal"],
    [2, 0, 125, "frame/length-not-minimal"],
    [2, 0, 126, undefined],
    [2, 0, 65_535, undefined],
    [8, 0, 0, "frame/length-not-minimal"],
    [8, 0, 65_535, "frame/length-not-minimal"],
    [8, 0, 65_536, undefined],
    [8, 0, 0xffff_ffff, undefined],
    [8, 1, 0, undefined],
    [8, 0x1f_ffff, 0xffff_ffff, undefined],
    [8, 0x20_0000, 0, "frame/too-big"],
    [8, 0x7fff_ffff, 0xffff_ffff, "frame/too-big"],
    [8, 0x8000_0000, 0, "frame/length-sign-bit"],
    [8, 0xffff_ffff, 0xffff_ffff, "frame/length-sign-bit"],
  ] as const)("returns for %i bytes of length, %i and %i: %s [F03] [F04] [F05]", (lengthBytes, high, low, expected) => {
    expect(checkExtendedLength(lengthBytes, high, low, true)).toBe(expected);
    const lenient = expected === "frame/length-not-minimal" ? undefined : expected;
    expect(checkExtendedLength(lengthBytes, high, low, false)).toBe(lenient);
  });
});
