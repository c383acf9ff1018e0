/** Announced lengths: taken literally, checked against the limits at once, and never rounded or wrapped. */
import { concatBytes, frameFrom, hexBytes, peerRole, roles } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { defaultLimits } from "../../src/vocabulary/limits.ts";
import type { Role } from "../../src/vocabulary/terms.ts";
import { deliver, expectFailure, open, sent } from "../support/connections.ts";

/** The header of a frame that announces `length`, as sent by the peer of `role`, without payload. */
function announcing(role: Role, firstByte: number, length: bigint): Uint8Array {
  const masked = role === "server";
  const header = new DataView(new ArrayBuffer(masked ? 14 : 10));
  header.setUint8(0, firstByte);
  header.setUint8(1, 127 | (masked ? 0x80 : 0));
  header.setBigUint64(2, length);
  return new Uint8Array(header.buffer);
}

const unlimited = { message: Number.POSITIVE_INFINITY, frame: Number.POSITIVE_INFINITY };

describe.each(roles)("a %s", (role) => {
  it("has a default limit on messages, and enforces it by the header [V02]", () => {
    const limit = BigInt(defaultLimits.message);
    expect(open(role).receive(announcing(role, 0x82, limit))).toEqual([]);
    expectFailure(open(role), announcing(role, 0x82, limit + 1n), {
      code: "message/too-big",
      statusCode: 1009,
      offset: 0,
    });
  });

  it("limits the sum of fragments, by the header of the one that exceeds it [V02] [V25]", () => {
    const connection = open(role);
    const first = frameFrom(peerRole(role), { opcode: "binary", payload: new Uint8Array(10), final: false });
    connection.receive(first);
    expectFailure(connection, announcing(role, 0x80, BigInt(defaultLimits.message - 9)), {
      code: "message/too-big",
      statusCode: 1009,
      offset: first.length,
    });
  });

  // Each of these becomes another, mostly small number when read as 32 bits, as signed, or as a float of 53 bits.
  it.each([
    ["2^32", 2n ** 32n],
    ["2^32 + 5", 2n ** 32n + 5n],
    ["2^53 - 1", 2n ** 53n - 1n],
  ])(
    "takes an announced length of %s literally, and waits for exactly as many bytes [V09] [V11] [V17]",
    (_, length) => {
      expectFailure(open(role), announcing(role, 0x82, length), {
        code: "message/too-big",
        statusCode: 1009,
        offset: 0,
      });
      const connection = open(role, { limits: unlimited, delivery: "pieces" });
      connection.receive(announcing(role, 0x82, length));
      // Everything that follows is payload, even if it looks like a Ping, and would be one had the length wrapped.
      const ping = frameFrom(peerRole(role), { opcode: "ping", payload: "12345" });
      const events = [...connection.receive(ping.slice()), ...connection.receive(ping.slice())];
      expect(events.map((event) => (event.type === "piece" ? event.final : event.type))).toEqual([false, false]);
      expect(connection.takeOutput()).toEqual([]);
    },
  );

  it.each([
    ["2^53", 2n ** 53n, "frame/too-big", 1009],
    ["2^53 + 1", 2n ** 53n + 1n, "frame/too-big", 1009],
    ["2^63 - 1", 2n ** 63n - 1n, "frame/too-big", 1009],
    ["2^63", 2n ** 63n, "frame/length-sign-bit", 1002],
    ["2^64 - 5", 2n ** 64n - 5n, "frame/length-sign-bit", 1002],
    ["2^64 - 1", 2n ** 64n - 1n, "frame/length-sign-bit", 1002],
  ] as const)(
    "fails for an announced length of %s, beyond JavaScript's numbers or 63 bits, even without a limit [V09] [V11] [V17] [V25]",
    (_, length, code, statusCode) => {
      for (const options of [{}, { limits: unlimited }]) {
        const whole = announcing(role, 0x82, length);
        expectFailure(open(role, options), whole.slice(), { code, statusCode, offset: 2 });
        const byByte = open(role, options);
        const events = [...whole].flatMap((byte) => byByte.receive(Uint8Array.of(byte)));
        expect(events).toMatchObject([{ type: "failure", violation: { code, statusCode } }]);
      }
    },
  );

  it("does not let fragments add up beyond what a number can hold [V25]", () => {
    const connection = open(role, { limits: { message: Number.MAX_SAFE_INTEGER } });
    connection.receive(frameFrom(peerRole(role), { opcode: "binary", payload: new Uint8Array(2), final: false }));
    const events = connection.receive(announcing(role, 0x80, 2n ** 53n - 1n));
    expect(events).toMatchObject([{ type: "failure", violation: { code: "message/too-big" } }]);
  });

  it.each([0x88, 0x89, 0x8a])(
    "fails for a control frame %i that announces 1 GiB by the second byte of its header, even without a limit [V38]",
    (firstByte) => {
      for (const options of [{}, { limits: unlimited }]) {
        const header = announcing(role, firstByte, 2n ** 30n).slice(0, 2);
        expectFailure(open(role, options), header, { code: "frame/control-too-long", statusCode: 1002, offset: 1 });
      }
    },
  );

  it("does not count a Ping towards the message that surrounds it, even if that is exactly at the limit [V37]", () => {
    const connection = open(role, { limits: { message: 5 } });
    const events = deliver(
      connection,
      { opcode: "text", payload: "Hello", final: false },
      { opcode: "ping", payload: "ping" },
      { opcode: "continuation", payload: "" },
    );
    expect(events.map(({ type }) => type)).toEqual(["ping", "text"]);
    expect(sent(connection)).toMatchObject([{ opcode: 0xa, payload: hexBytes("70696e67") }]);
  });

  it("sends lengths in no more bytes than they need [V63]", () => {
    for (const [length, lengthBits] of [
      [125, 125],
      [126, 126],
      [65_535, 126],
      [65_536, 127],
    ] as const) {
      const connection = open(role, { fragmentSize: 100_000 });
      connection.sendBinary(new Uint8Array(length));
      const wire = concatBytes(connection.takeOutput());
      expect((wire[1] ?? 0) & 0x7f).toBe(lengthBits);
    }
  });
});
