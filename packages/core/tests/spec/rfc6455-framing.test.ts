/** RFC 6455 §5.2 and §5.5: reserved bits, opcodes and control frames, by the header of a frame. */
import { concatBytes, frameFrom, hexBytes, patternBytes, peerRole, roles } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import type { Role } from "../../src/vocabulary/terms.ts";
import { deliver, expectFailure, open } from "../support/connections.ts";

const hello = (role: Role) => frameFrom(peerRole(role), { opcode: "text", payload: "hello" });
const helloEvent = { type: "text", data: "hello" } as const;

describe.each(roles)("reserved bits, received by a %s", (role) => {
  const combinations = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70].flatMap((rsv) =>
    [0x0, 0x1, 0x2, 0x8, 0x9, 0xa].map((opcode) => ({ rsv, opcode })),
  );
  it.each(combinations)(
    "$rsv with opcode $opcode fail the connection with 1002 when no extension owns them [F01]",
    ({ rsv, opcode }) => {
      const before = hello(role);
      const chunk = concatBytes([before, frameFrom(peerRole(role), { opcode, rsv, payload: "x" })]);
      expectFailure(open(role), chunk, {
        code: "frame/rsv-unowned",
        section: "RFC 6455 §5.2",
        statusCode: 1002,
        offset: before.length,
        before: [helloEvent],
      });
    },
  );
});

describe.each(roles)("opcodes, received by a %s", (role) => {
  it.each([0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf])(
    "fail the connection with 1002 by the first byte if reserved: %i [F02]",
    (opcode) => {
      const before = hello(role);
      // The first byte alone is sufficient.
      expectFailure(open(role), concatBytes([before, Uint8Array.of(0x80 | opcode)]), {
        code: "frame/opcode-reserved",
        section: "RFC 6455 §5.2",
        statusCode: 1002,
        offset: before.length,
        before: [helloEvent],
      });
    },
  );

  it.each([0x3, 0x7, 0xb, 0xf])(
    "fail the connection if reserved, also without FIN and within a message: %i [F02]",
    (opcode) => {
      const connection = open(role);
      expect(deliver(connection, { opcode: "text", payload: "a", final: false })).toEqual([]);
      const offset = frameFrom(peerRole(role), { opcode: "text", payload: "a" }).length;
      expectFailure(connection, frameFrom(peerRole(role), { opcode, final: false }), {
        code: "frame/opcode-reserved",
        statusCode: 1002,
        offset,
      });
    },
  );

  it("of RFC 6455 are accepted and reported by type [F02]", () => {
    const events = deliver(
      open(role),
      { opcode: 0x1, payload: "a", final: false },
      { opcode: 0x0, payload: "b" },
      { opcode: 0x2, payload: "c" },
      { opcode: 0x9, payload: "d" },
      { opcode: 0xa, payload: "e" },
      { opcode: 0x8 },
    );
    expect(events.map(({ type }) => type)).toEqual(["text", "binary", "ping", "pong", "close"]);
  });
});

describe.each(roles)("control frames, received by a %s", (role) => {
  describe.each([0x8, 0x9, 0xa])("opcode %i", (opcode) => {
    it.each([126, 127])(
      "with the 7-bit length %i fails the connection with 1002 by its second byte, before anything is stored [F06]",
      (length7) => {
        const second = length7 | (role === "server" ? 0x80 : 0);
        const expected = { code: "frame/control-too-long", section: "RFC 6455 §5.5", statusCode: 1002 } as const;
        const before = hello(role);
        expectFailure(open(role), concatBytes([before, Uint8Array.of(0x80 | opcode, second)]), {
          ...expected,
          offset: before.length + 1,
          before: [helloEvent],
        });
        const connection = open(role);
        expect(connection.receive(Uint8Array.of(0x80 | opcode))).toEqual([]);
        expectFailure(connection, Uint8Array.of(second), { ...expected, offset: 1 });
      },
    );

    it("is accepted with a payload of up to 125 bytes [F06]", () => {
      const payload =
        opcode === 0x8 ? concatBytes([hexBytes("03e8"), new Uint8Array(123).fill(0x61)]) : patternBytes(125);
      expect(deliver(open(role), { opcode, payload })).toHaveLength(1);
    });

    it("fails the connection with 1002 by the first byte if FIN is missing [F07]", () => {
      const expected = { code: "frame/control-fragmented", section: "RFC 6455 §5.5", statusCode: 1002 } as const;
      expectFailure(open(role), Uint8Array.of(opcode), { ...expected, offset: 0 });
      const connection = open(role);
      deliver(connection, { opcode: "binary", payload: "ab", final: false });
      const offset = connection.statistics.bytesReceived;
      expectFailure(connection, frameFrom(peerRole(role), { opcode, final: false }), { ...expected, offset });
    });
  });
});
