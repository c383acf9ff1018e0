/** RFC 6455 §5.2: the header of a frame, byte by byte. */
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/frame/encode-frame.ts";
import { headerLength } from "../../src/frame/header.ts";
import type { Role } from "../../src/role.ts";
import { bytes, concat, patterned, sameBytes } from "../support/bytes.ts";
import { deliver, expectFailure, open, peerOf, roles, serverWith } from "../support/connections.ts";
import { frame, testKey } from "../support/wire.ts";

/** A frame header with the mask that the peer of `role` must set, and `hex` for the length. */
function header(role: Role, first: number, length7: number, extended = ""): Uint8Array {
  const masked = role === "server";
  return concat([
    Uint8Array.of(first, length7 | (masked ? 0x80 : 0)),
    bytes(extended),
    bytes(masked ? "00000000" : ""),
  ]);
}

const hello = (role: Role) => frame(peerOf(role), { opcode: "text", payload: "hello" });
const helloEvent = { type: "text", data: "hello" } as const;

describe.each(roles)("reserved bits, received by a %s", (role) => {
  const combinations = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70].flatMap((rsv) =>
    [0x0, 0x1, 0x2, 0x8, 0x9, 0xa].map((opcode) => ({ rsv, opcode })),
  );
  it.each(combinations)(
    "RSV bits $rsv with opcode $opcode fail the connection with 1002 where no extension owns them [F01]",
    ({ rsv, opcode }) => {
      const before = hello(role);
      const chunk = concat([before, frame(peerOf(role), { opcode, rsv, payload: "x" })]);
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
    "the reserved opcode %i fails the connection with 1002 by its first byte [F02]",
    (opcode) => {
      const before = hello(role);
      // The first byte alone: nothing after it is needed to know.
      expectFailure(open(role), concat([before, Uint8Array.of(0x80 | opcode)]), {
        code: "frame/opcode-reserved",
        section: "RFC 6455 §5.2",
        statusCode: 1002,
        offset: before.length,
        before: [helloEvent],
      });
    },
  );

  it.each([0x3, 0x7, 0xb, 0xf])(
    "the reserved opcode %i fails the connection without FIN and within a message too [F02]",
    (opcode) => {
      const connection = open(role);
      expect(deliver(connection, { opcode: "text", payload: "a", final: false })).toEqual([]);
      const offset = frame(peerOf(role), { opcode: "text", payload: "a" }).length;
      expectFailure(connection, frame(peerOf(role), { opcode, final: false }), {
        code: "frame/opcode-reserved",
        statusCode: 1002,
        offset,
      });
    },
  );

  it("the opcodes of RFC 6455 are accepted, each as what it is [F02]", () => {
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

describe.each(roles)("lengths, received by a %s", (role) => {
  it.each([0, 1, 124, 125, 126, 127, 128, 255, 256, 65_534, 65_535, 65_536, 65_537, 131_072])(
    "a payload of %i bytes arrives whole, in one chunk and cut within its header [F03]",
    (length) => {
      const payload = patterned(length);
      const wire = frame(peerOf(role), { opcode: "binary", payload });
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
    it.each(notMinimal)(
      "the length $extended after $length7 fails the connection with 1002 [F03]",
      ({ length7, extended }) => {
        const before = hello(role);
        expectFailure(open(role), concat([before, header(role, first, length7, extended)]), {
          code: "frame/length-not-minimal",
          section: "RFC 6455 §5.2",
          statusCode: 1002,
          offset: before.length + 2,
          before: [helloEvent],
        });
      },
    );
  });

  it.each([0x88, 0x89, 0x8a])(
    "a control frame %i with a length in two bytes fails the connection with 1002, minimal or not [F03]",
    (first) => {
      expectFailure(open(role), header(role, first, 126, "0001"), {
        code: "frame/control-too-long",
        section: "RFC 6455 §5.5",
        statusCode: 1002,
        offset: 1,
      });
    },
  );

  it("tolerate: non-minimal-length accepts them in data frames, says so, and still refuses the sign bit [F03]", () => {
    const connection = open(role, { tolerate: ["non-minimal-length"] });
    expect(connection.tolerated).toEqual([]);
    expect(deliver(connection, { opcode: "text", payload: "minimal" })).toEqual([{ type: "text", data: "minimal" }]);
    expect(connection.tolerated).toEqual([]);
    const received = connection.statistics.bytesReceived;
    const key = role === "server" ? "00000000" : "";
    const mask = role === "server" ? 0x80 : 0;
    const sixteen = concat([Uint8Array.of(0x81, 126 | mask), bytes(`0001${key}61`)]);
    const sixtyFour = concat([Uint8Array.of(0x81, 127 | mask), bytes(`0000000000000001${key}62`)]);
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
    "the 64-bit length %s has its highest bit set: 1002, as soon as the length is read [F04]",
    (extended) => {
      const whole = header(role, 0x82, 127, extended);
      const expected = {
        code: "frame/length-sign-bit",
        section: "RFC 6455 §5.2",
        statusCode: 1002,
        offset: 2,
      } as const;
      expectFailure(open(role), whole, expected);
      // Without the masking key, and byte by byte: no limit is needed for it, and no byte of payload.
      const limits = { message: Number.POSITIVE_INFINITY, frame: Number.POSITIVE_INFINITY };
      expectFailure(open(role, { limits }), whole.slice(0, 10), expected);
      const connection = open(role, { limits });
      for (const byte of whole.subarray(0, 9)) expect(connection.receive(Uint8Array.of(byte))).toEqual([]);
      expectFailure(connection, whole.slice(9, 10), expected);
    },
  );

  it.each(["0020000000000000", "7fffffffffffffff", "0020000000000001", "0100000000000000", "4000000000000000"])(
    "the 64-bit length %s is above 2^53 - 1: 1009, though no limit is set [F05]",
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

  it("a length of exactly 2^53 - 1 is not rounded: its payload begins to arrive where no limit is set [F05]", () => {
    const limits = { message: Number.POSITIVE_INFINITY, frame: Number.POSITIVE_INFINITY };
    const connection = open(role, { limits, delivery: "fragments" });
    expect(connection.receive(header(role, 0x82, 127, "001fffffffffffff"))).toEqual([]);
    expect(connection.receive(bytes("0102"))).toEqual([
      { type: "fragment", kind: "binary", data: bytes("0102"), final: false },
    ]);
    expect(connection.state).toBe("open");
  });

  it.each([
    ["001fffffffffffff", 2 ** 53 - 1],
    ["0000000100000000", 2 ** 32],
    ["00000000ffffffff", 2 ** 32 - 1],
    ["0000000080000000", 2 ** 31],
  ])(
    "the length %s is compared with the limits as %i: exactly it is accepted, one less is not [F05]",
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

describe.each(roles)("control frames, received by a %s", (role) => {
  describe.each([0x8, 0x9, 0xa])("opcode %i", (opcode) => {
    it.each([126, 127])(
      "the 7-bit length %i fails the connection with 1002 by its second byte, before anything is stored [F06]",
      (length7) => {
        const second = length7 | (role === "server" ? 0x80 : 0);
        const expected = { code: "frame/control-too-long", section: "RFC 6455 §5.5", statusCode: 1002 } as const;
        const before = hello(role);
        expectFailure(open(role), concat([before, Uint8Array.of(0x80 | opcode, second)]), {
          ...expected,
          offset: before.length + 1,
          before: [helloEvent],
        });
        const connection = open(role);
        expect(connection.receive(Uint8Array.of(0x80 | opcode))).toEqual([]);
        expectFailure(connection, Uint8Array.of(second), { ...expected, offset: 1 });
      },
    );

    it("a payload of 125 bytes is the longest that is accepted [F06]", () => {
      const payload = opcode === 0x8 ? concat([bytes("03e8"), new Uint8Array(123).fill(0x61)]) : patterned(125);
      expect(deliver(open(role), { opcode, payload })).toHaveLength(1);
    });

    it("a missing FIN fails the connection with 1002 by the first byte [F07]", () => {
      const expected = { code: "frame/control-fragmented", section: "RFC 6455 §5.5", statusCode: 1002 } as const;
      expectFailure(open(role), Uint8Array.of(opcode), { ...expected, offset: 0 });
      const connection = open(role);
      deliver(connection, { opcode: "binary", payload: "ab", final: false });
      const offset = connection.statistics.bytesReceived;
      expectFailure(connection, frame(peerOf(role), { opcode, final: false }), { ...expected, offset });
    });
  });
});

describe("masking, as received", () => {
  const opcodes = [0x1, 0x2, 0x8, 0x9, 0xa];

  it.each(opcodes)(
    "the server fails the connection with 1002 when a client frame with opcode %i is not masked [F08]",
    (opcode) => {
      const before = frame("client", { opcode: "text", payload: "hello" });
      expectFailure(open("server"), concat([before, frame("server", { opcode, payload: "" })]), {
        code: "frame/mask-missing",
        section: "RFC 6455 §5.1",
        statusCode: 1002,
        offset: before.length + 1,
        before: [helloEvent],
      });
    },
  );

  it.each(opcodes)(
    "the client fails the connection with 1002 when a server frame with opcode %i is masked [F08]",
    (opcode) => {
      const before = frame("server", { opcode: "text", payload: "hello" });
      expectFailure(open("client"), concat([before, frame("client", { opcode, payload: "" })]), {
        code: "frame/mask-unexpected",
        section: "RFC 6455 §5.1",
        statusCode: 1002,
        offset: before.length + 1,
        before: [helloEvent],
      });
    },
  );

  it.each(roles)("the %s fails a continuation frame that is masked the wrong way [F08]", (role) => {
    const connection = open(role);
    deliver(connection, { opcode: "text", payload: "a", final: false });
    const offset = connection.statistics.bytesReceived + 1;
    const code = role === "server" ? "frame/mask-missing" : "frame/mask-unexpected";
    expectFailure(connection, frame(role, { opcode: "continuation" }), { code, statusCode: 1002, offset });
  });

  it.each(roles)("the %s finds the fault when the first two bytes arrive one by one [F08]", (role) => {
    const connection = open(role);
    expect(connection.receive(Uint8Array.of(0x81))).toEqual([]);
    const code = role === "server" ? "frame/mask-missing" : "frame/mask-unexpected";
    expectFailure(connection, Uint8Array.of(role === "server" ? 0x05 : 0x85), { code, statusCode: 1002, offset: 1 });
  });

  it.each([
    ["81 80 01020304", "text"],
    ["82 80 01020304", "binary"],
    ["89 80 01020304", "ping"],
    ["8a 80 01020304", "pong"],
    ["88 80 01020304", "close"],
  ])(
    "the masked frame %s without payload takes its four bytes of key: what follows is a frame of its own [F09]",
    (hex, type) => {
      const server = serverWith();
      const events = server.receive(concat([bytes(hex), frame("client", { opcode: "text", payload: "next" })]));
      const next = type === "close" ? [] : ["text"];
      expect(events.map((event) => event.type)).toEqual([type, ...next]);
    },
  );

  it("the server waits for the whole key of a frame without payload, whose bytes come one by one [F09]", () => {
    const server = serverWith();
    const wire = bytes("81 80 01020304");
    for (const byte of wire.subarray(0, 5)) expect(server.receive(Uint8Array.of(byte))).toEqual([]);
    expect(server.receive(wire.slice(5))).toEqual([{ type: "text", data: "" }]);
  });

  it("the mask restarts with each frame and continues over the chunks of one, wherever they are cut [F10]", () => {
    const first = patterned(23);
    const second = patterned(31, 100);
    const wire = concat([
      encodeFrame({ opcode: 0x2, payload: first, maskingKey: testKey }),
      encodeFrame({ opcode: 0x2, payload: second, maskingKey: 0x0102_0304 }),
    ]);
    for (let from = 0; from <= wire.length; from++) {
      for (let to = from; to <= wire.length; to += 3) {
        const server = serverWith();
        const chunks = [wire.slice(0, from), wire.slice(from, to), wire.slice(to)];
        const data = chunks.flatMap((chunk) => server.receive(chunk)).map((e) => e.type === "binary" && e.data);
        expect(
          data.length === 2 && sameBytes(data[0] || bytes(""), first) && sameBytes(data[1] || bytes(""), second),
        ).toBe(true);
      }
    }
  });

  it("a masking key of zero is legal, and the example of §5.7 reads as the RFC says [F10]", () => {
    expect(serverWith().receive(bytes("81 85 00000000 48656c6c6f"))).toEqual([{ type: "text", data: "Hello" }]);
    expect(serverWith().receive(bytes("81 85 37fa213d 7f9f4d5158"))).toEqual([{ type: "text", data: "Hello" }]);
    expect(open("client").receive(bytes("81 05 48656c6c6f"))).toEqual([{ type: "text", data: "Hello" }]);
    expect(open("client").receive(bytes("01 03 48656c 80 02 6c6f"))).toEqual([{ type: "text", data: "Hello" }]);
    expect(open("client").receive(bytes("89 05 48656c6c6f"))).toEqual([{ type: "ping", payload: bytes("48656c6c6f") }]);
  });
});
