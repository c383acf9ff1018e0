import { formatHex, hexBytes, patternBytes, sameBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { readFrames } from "../../tests/support/read-frames.ts";
import { encodeFrame } from "./encode-frame.ts";

describe("encodeFrame", () => {
  it("encodes the examples of RFC 6455 §5.7", () => {
    const hello = hexBytes("48656c6c6f");
    expect(formatHex(encodeFrame({ opcode: 1, payload: hello }))).toBe("810548656c6c6f");
    expect(formatHex(encodeFrame({ opcode: 1, payload: hello, maskingKey: 0x3d21_fa37 }))).toBe(
      "818537fa213d7f9f4d5158",
    );
    expect(formatHex(encodeFrame({ opcode: 1, payload: hello.slice(0, 3), final: false }))).toBe("010348656c");
    expect(formatHex(encodeFrame({ opcode: 0, payload: hello.slice(3) }))).toBe("80026c6f");
    expect(formatHex(encodeFrame({ opcode: 9, payload: hello }))).toBe("890548656c6c6f");
    expect(formatHex(encodeFrame({ opcode: 2, payload: new Uint8Array(256) }).subarray(0, 4))).toBe("827e0100");
    expect(formatHex(encodeFrame({ opcode: 2, payload: new Uint8Array(65_536) }).subarray(0, 10))).toBe(
      "827f0000000000010000",
    );
  });

  it("writes the key of a masked frame without payload [F09]", () => {
    expect(formatHex(encodeFrame({ opcode: 1, maskingKey: 0x0403_0201 }))).toBe("818001020304");
  });

  it("checks nothing: invalid frames are encoded too", () => {
    expect(formatHex(encodeFrame({ opcode: 0xf, rsv: 0x70, final: false }))).toBe("7f00");
    expect(encodeFrame({ opcode: 9, payload: patternBytes(200) })).toHaveLength(204);
  });

  it("copies the payload, and does not modify it [F12]", () => {
    const payload = patternBytes(100);
    const encoded = encodeFrame({ opcode: 2, payload, maskingKey: 0x1234_5678 });
    expect(sameBytes(payload, patternBytes(100))).toBe(true);
    expect(readFrames([encoded])).toMatchObject([{ opcode: 2, final: true, rsv: 0, payload }]);
  });
});
