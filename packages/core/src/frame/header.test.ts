import { formatHex, hexBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import {
  headerLength,
  isControl,
  isReserved,
  maskBit,
  maxHeaderLength,
  opcodes,
  writeHeader,
  writeUint32,
} from "./header.ts";

/** The header after its first byte, for a payload of `length` bytes. */
const lengths: readonly (readonly [length: number, unmasked: string, masked: string])[] = [
  [0, "00", "80"],
  [1, "01", "81"],
  [125, "7d", "fd"],
  [126, "7e007e", "fe007e"],
  [127, "7e007f", "fe007f"],
  [255, "7e00ff", "fe00ff"],
  [256, "7e0100", "fe0100"],
  [65_535, "7effff", "feffff"],
  [65_536, "7f0000000000010000", "ff0000000000010000"],
  [2 ** 31 - 1, "7f000000007fffffff", "ff000000007fffffff"],
  [2 ** 31, "7f0000000080000000", "ff0000000080000000"],
  [2 ** 32 - 1, "7f00000000ffffffff", "ff00000000ffffffff"],
  [2 ** 32, "7f0000000100000000", "ff0000000100000000"],
  [2 ** 53 - 1, "7f001fffffffffffff", "ff001fffffffffffff"],
];

describe("writeHeader", () => {
  it.each(lengths)(
    "writes a length of %i in the fewest bytes, most significant first [F03]",
    (length, unmasked, masked) => {
      for (const [bit, expected] of [
        [0, unmasked],
        [maskBit, masked],
      ] as const) {
        const target = new Uint8Array(3 + maxHeaderLength).fill(0xee);
        const end = writeHeader(target, 3, 0x82, bit, length);
        expect(formatHex(target.subarray(3, end))).toBe(`82${expected}`);
        expect(end - 3 + (bit === 0 ? 0 : 4)).toBe(headerLength(length, bit !== 0));
        expect([...target.subarray(0, 3), ...target.subarray(end)].every((byte) => byte === 0xee)).toBe(true);
      }
    },
  );
});

describe("writeUint32", () => {
  it.each([
    [0, "00000000"],
    [0x0102_0304, "01020304"],
    [0xffff_ffff, "ffffffff"],
  ])("writes %i in network byte order", (value, hex) => {
    const target = new Uint8Array(4);
    writeUint32(target, 0, value);
    expect(target).toEqual(hexBytes(hex));
  });
});

describe("opcodes", () => {
  it("are the six of RFC 6455 §5.2; the other ten are reserved [F02]", () => {
    const all = Array.from({ length: 16 }, (_, opcode) => opcode);
    const defined = all.filter((opcode) => !isReserved(opcode));
    expect(defined).toEqual([0x0, 0x1, 0x2, 0x8, 0x9, 0xa]);
    expect(Object.values(opcodes)).toEqual(defined);
  });

  it("from 8 on belong to control frames", () => {
    for (let opcode = 0; opcode < 16; opcode++) expect(isControl(opcode)).toBe(opcode >= 8);
  });
});
