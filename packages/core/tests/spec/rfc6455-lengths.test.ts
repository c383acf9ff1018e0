/** RFC 6455 §5.2: payload lengths, byte by byte. */
import { concatBytes, frameFrom, hexBytes, patternBytes, peerRole, roles, sameBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { headerLength } from "../../src/frame/header.ts";
import type { Role } from "../../src/vocabulary/terms.ts";
import { deliver, expectFailure, open } from "../support/connections.ts";

/** A frame header with the mask that the peer of `role` must set, and `hex` for the length. */
function header(role: Role, first: number, length7: number, extended = ""): Uint8Array {
  const masked = role === "server";
  return concatBytes([
    Uint8Array.of(first, length7 | (masked ? 0x80 : 0)),
    hexBytes(extended),
    hexBytes(masked ? "00000000" : ""),
  ]);
}

const hello = (role: Role) => frameFrom(peerRole(role), { opcode: "text", payload: "hello" });
const helloEvent = { type: "text", data: "hello" } as const;

describe.each(roles)("lengths, received by a %s", (role) => {
  it.each([0, 1, 124, 125, 126, 127, 128, 255, 256, 65_534, 65_535, 65_536, 65_537, 131_072])(
    "of %i bytes are read exactly, in one chunk and cut within the header [F03]",
    (length) => {
      const payload = patternBytes(length);
      const wire = frameFrom(peerRole(role), { opcode: "binary", payload });
      expect(wire.length).toBe(headerLength(length, role === "server") + length);
      for (let at = 0; at <= 15 && at <= wire.length; at++) {
        const connection = open(role);
        const events = [...connection.receive(wire.slice(0, at)), ...connection.receive(wire.slice(at))];
        expect(events.map(({ type }) => type)).toEqual(["binary"]);
        expect(events[0]?.type === "binary" && sameBytes(events[0].data, payload)).toBe(true);
      }
    },
  );

  const notMinimal = [
    ...[0, 1, 125].map((length) => ({ length7: 126, extended: length.toString(16).padStart(4, "0") })),
    ...[0, 125, 126, 127, 65_535].map((length) => ({ length7: 127, extended: length.toString(16).padStart(16, "0") })),
  ];
  describe.each([0x81, 0x82, 0x01, 0x02])("in a frame that begins with %i", (first) => {
    it.each(notMinimal)("$extended after $length7 fails the connection with 1002 [F03]", ({ length7, extended }) => {
      const before = hello(role);
      expectFailure(open(role), concatBytes([before, header(role, first, length7, extended)]), {
        code: "frame/length-not-minimal",
        section: "RFC 6455 §5.2",
        statusCode: 1002,
        offset: before.length + 2,
        before: [helloEvent],
      });
    });
  });

  it.each([0x88, 0x89, 0x8a])(
    "of a control frame %i in two bytes fail the connection with 1002, minimal or not [F03]",
    (first) => {
      expectFailure(open(role), header(role, first, 126, "0001"), {
        code: "frame/control-too-long",
        section: "RFC 6455 §5.5",
        statusCode: 1002,
        offset: 1,
      });
    },
  );

  it("are accepted and reported with tolerate: non-minimal-length in data frames, still without the sign bit [F03]", () => {
    const connection = open(role, { tolerate: ["non-minimal-length"] });
    expect(connection.tolerated).toEqual([]);
    expect(deliver(connection, { opcode: "text", payload: "minimal" })).toEqual([{ type: "text", data: "minimal" }]);
    expect(connection.tolerated).toEqual([]);
    const received = connection.statistics.bytesReceived;
    const key = role === "server" ? "00000000" : "";
    const mask = role === "server" ? 0x80 : 0;
    const sixteen = concatBytes([Uint8Array.of(0x81, 126 | mask), hexBytes(`0001${key}61`)]);
    const sixtyFour = concatBytes([Uint8Array.of(0x81, 127 | mask), hexBytes(`0000000000000001${key}62`)]);
    expect(connection.receive(sixteen)).toEqual([{ type: "text", data: "a" }]);
    expect(connection.tolerated).toEqual(["non-minimal-length"]);
    for (const byte of sixtyFour.subarray(0, -1)) expect(connection.receive(Uint8Array.of(byte))).toEqual([]);
    expect(connection.receive(sixtyFour.slice(-1))).toEqual([{ type: "text", data: "b" }]);
    expectFailure(connection, header(role, 0x81, 127, "8000000000000001"), {
      code: "frame/length-sign-bit",
      statusCode: 1002,
      offset: received + sixteen.length + sixtyFour.length + 2,
    });
  });

  it.each(["8000000000000000", "ffffffffffffffff", "8000000000000001", "ff00000000010000"])(
    "of %s, with the highest bit set, fail with 1002 as soon as the length is read [F04]",
    (extended) => {
      const whole = header(role, 0x82, 127, extended);
      const expected = {
        code: "frame/length-sign-bit",
        section: "RFC 6455 §5.2",
        statusCode: 1002,
        offset: 2,
      } as const;
      expectFailure(open(role), whole, expected);
      // Without the masking key, and byte by byte: neither a limit nor a byte of payload is needed.
      const limits = { message: Number.POSITIVE_INFINITY, frame: Number.POSITIVE_INFINITY };
      expectFailure(open(role, { limits }), whole.slice(0, 10), expected);
      const connection = open(role, { limits });
      for (const byte of whole.subarray(0, 9)) expect(connection.receive(Uint8Array.of(byte))).toEqual([]);
      expectFailure(connection, whole.slice(9, 10), expected);
    },
  );

  it.each(["0020000000000000", "7fffffffffffffff", "0020000000000001", "0100000000000000", "4000000000000000"])(
    "of %s, above 2^53 - 1, fail with 1009 even if no limit is set [F05]",
    (extended) => {
      const limits = { message: Number.POSITIVE_INFINITY, frame: Number.POSITIVE_INFINITY };
      const expected = { code: "frame/too-big", section: "RFC 6455 §10.4", statusCode: 1009, offset: 2 } as const;
      expectFailure(open(role, { limits }), header(role, 0x82, 127, extended), expected);
      const connection = open(role, { limits });
      const whole = header(role, 0x82, 127, extended);
      for (const byte of whole.subarray(0, 9)) expect(connection.receive(Uint8Array.of(byte))).toEqual([]);
      expectFailure(connection, whole.slice(9, 10), expected);
    },
  );

  it("of exactly 2^53 - 1 are not rounded: payload is accepted when no limit is set [F05]", () => {
    const limits = { message: Number.POSITIVE_INFINITY, frame: Number.POSITIVE_INFINITY };
    const connection = open(role, { limits, delivery: "pieces" });
    expect(connection.receive(header(role, 0x82, 127, "001fffffffffffff"))).toEqual([]);
    expect(connection.receive(hexBytes("0102"))).toEqual([
      { type: "piece", kind: "binary", data: hexBytes("0102"), final: false },
    ]);
    expect(connection.state).toBe("open");
  });

  it.each([
    ["001fffffffffffff", 2 ** 53 - 1],
    ["0000000100000000", 2 ** 32],
    ["00000000ffffffff", 2 ** 32 - 1],
    ["0000000080000000", 2 ** 31],
  ])(
    "of %s are compared with the limits as %i: accepted at that limit, rejected at one less [F05]",
    (extended, length) => {
      const whole = header(role, 0x82, 127, extended);
      const exact = open(role, { limits: { message: length, frame: length } });
      expect(exact.receive(whole.slice())).toEqual([]);
      expect(exact.state).toBe("open");
      expectFailure(open(role, { limits: { message: length - 1 } }), whole.slice(), {
        code: "message/too-big",
        statusCode: 1009,
        offset: 0,
      });
      expectFailure(open(role, { limits: { message: length, frame: length - 1 } }), whole.slice(), {
        code: "frame/too-big",
        statusCode: 1009,
        offset: 0,
      });
    },
  );
});
