import { displaceBytes, patternBytes, sameBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { mask, maskBytes, rotateKey } from "./mask.ts";

const keys = [0, 1, 0x7856_3412, -1, 0x8000_0000 | 0, 0x00ff_00ff, 0x0102_0304];

/** RFC 6455 §5.3, literally: octet i is XORed with octet i mod 4 of the key. */
function asDefined(bytes: Uint8Array, start: number, end: number, key: number): Uint8Array {
  const octets = [key & 0xff, (key >>> 8) & 0xff, (key >>> 16) & 0xff, (key >>> 24) & 0xff];
  return bytes.map((byte, index) => (index >= start && index < end ? byte ^ (octets[(index - start) % 4] ?? 0) : byte));
}

describe("mask", () => {
  it.each([0, 1, 2, 3, 4, 7, 8, 19, 20, 21, 31, 63, 64, 65, 100, 1023, 1024, 1025, 1100, 5000])(
    "of %i bytes matches §5.3 at every alignment, and touches nothing else [F10]",
    (length) => {
      for (const key of keys) {
        for (let offset = 0; offset < 9; offset++) {
          for (let start = 0; start < 5; start++) {
            const array = displaceBytes(patternBytes(start + length + 5), offset);
            const expected = asDefined(array, start, start + length, key);
            mask(array, start, start + length, key);
            expect(sameBytes(array, expected)).toBe(true);
          }
        }
      }
    },
  );

  it("gives the same for arrays one after another, and for buffers of odd length [F10]", () => {
    for (const size of [1029, 1030, 1031, 1033, 2001]) {
      const array = patternBytes(size);
      const expected = asDefined(array, 1, size, -2);
      mask(array, 1, size, -2);
      expect(sameBytes(array, expected)).toBe(true);
    }
  });

  it("is its own inverse", () => {
    const array = patternBytes(3000);
    mask(array, 0, 3000, 0x7856_3412);
    mask(array, 0, 3000, 0x7856_3412);
    expect(sameBytes(array, patternBytes(3000))).toBe(true);
  });
});

describe("maskBytes", () => {
  it("matches §5.3, one byte at a time [F10]", () => {
    for (const key of keys) {
      const array = patternBytes(30);
      const expected = asDefined(array, 3, 25, key);
      maskBytes(array, 3, 25, key);
      expect(sameBytes(array, expected)).toBe(true);
    }
  });
});

describe("rotateKey", () => {
  it("aligns the key to any byte of the payload: masking in two parts equals masking in one [F10]", () => {
    for (const key of keys) {
      for (let cut = 0; cut <= 40; cut++) {
        const array = patternBytes(40);
        mask(array, 0, cut, key);
        mask(array, cut, 40, rotateKey(key, cut));
        expect(sameBytes(array, asDefined(patternBytes(40), 0, 40, key))).toBe(true);
      }
    }
    expect(rotateKey(0x0403_0201, 1)).toBe(0x0104_0302);
    expect(rotateKey(0x0403_0201, 4)).toBe(0x0403_0201);
  });
});
