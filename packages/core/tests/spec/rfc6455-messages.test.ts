/** RFC 6455 §5.4 and §5.6: assembling messages from frames. */
import {
  cutEvery,
  frameFrom,
  framesFrom,
  hexBytes,
  patternBytes,
  peerRole,
  roles,
  sameBytes,
  utf8Bytes,
  type WrittenFrame,
} from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import type { Connection } from "../../src/connection.ts";
import type { ConnectionEvent } from "../../src/events.ts";
import { deliver, expectFailure, open, serverWith } from "../support/connections.ts";

/** `payload` as one message in fragments that end at each index of `ends`. */
function fragments(kind: "text" | "binary", payload: Uint8Array, ends: readonly number[]): WrittenFrame[] {
  const bounds = [0, ...ends, payload.length];
  return bounds.slice(1).map((end, index) => ({
    opcode: index === 0 ? kind : "continuation",
    payload: payload.slice(bounds[index], end),
    final: index === ends.length,
  }));
}

function receiveAll(connection: Connection, chunks: readonly Uint8Array[]): ConnectionEvent[] {
  return chunks.flatMap((chunk) => connection.receive(chunk));
}

describe.each(roles)("the order of frames, received by a %s", (role) => {
  it("a continuation with nothing to continue fails the connection with 1002 by its first byte [F13]", () => {
    for (const first of [0x00, 0x80]) {
      expectFailure(open(role), Uint8Array.of(first), {
        code: "frame/continuation-unexpected",
        section: "RFC 6455 §5.4",
        statusCode: 1002,
        offset: 0,
      });
    }
  });

  it.each([
    { last: { opcode: "text", payload: "a" } },
    { last: { opcode: "binary", payload: "a" } },
    { last: { opcode: "ping", payload: "a" } },
  ] as const)("a continuation after a whole $last.opcode fails the connection with 1002 [F13]", ({ last }) => {
    const connection = open(role);
    expect(deliver(connection, last)).toHaveLength(1);
    const offset = connection.statistics.bytesReceived;
    expectFailure(connection, frameFrom(peerRole(role), { opcode: "continuation", payload: "b" }), {
      code: "frame/continuation-unexpected",
      statusCode: 1002,
      offset,
    });
  });

  it("a continuation after a fragmented message that has ended fails the connection with 1002 [F13]", () => {
    const connection = open(role);
    deliver(connection, { opcode: "text", payload: "a", final: false }, { opcode: "continuation", payload: "b" });
    const offset = connection.statistics.bytesReceived;
    expectFailure(connection, frameFrom(peerRole(role), { opcode: "continuation", final: false }), {
      code: "frame/continuation-unexpected",
      statusCode: 1002,
      offset,
    });
  });

  const interruptions = (["text", "binary"] as const).flatMap((first) =>
    (["text", "binary"] as const).flatMap((second) => [true, false].map((final) => ({ first, second, final }))),
  );
  it.each(interruptions)(
    "a $second frame (FIN $final) within a fragmented $first message fails the connection with 1002 [F14]",
    ({ first, second, final }) => {
      const connection = open(role);
      deliver(connection, { opcode: first, payload: "a", final: false }, { opcode: "ping" });
      const offset = connection.statistics.bytesReceived;
      expectFailure(connection, frameFrom(peerRole(role), { opcode: second, final, payload: "b" }), {
        code: "frame/continuation-expected",
        section: "RFC 6455 §5.4",
        statusCode: 1002,
        offset,
      });
    },
  );

  it("control frames between fragments are reported at once and in order, and do not affect the message [F15]", () => {
    const connection = open(role);
    expect(deliver(connection, { opcode: "text", payload: "a", final: false })).toEqual([]);
    expect(deliver(connection, { opcode: "ping", payload: "1" })).toEqual([{ type: "ping", payload: utf8Bytes("1") }]);
    expect(deliver(connection, { opcode: "pong", payload: "2" })).toEqual([{ type: "pong", payload: utf8Bytes("2") }]);
    expect(deliver(connection, { opcode: "continuation", payload: "b", final: false })).toEqual([]);
    expect(deliver(connection, { opcode: "ping" })).toEqual([{ type: "ping", payload: utf8Bytes("") }]);
    expect(deliver(connection, { opcode: "continuation", payload: "c" })).toEqual([{ type: "text", data: "abc" }]);
  });

  it("a control frame between the halves of a code point is harmless, in one chunk and byte by byte [F15] [F17]", () => {
    const wire = framesFrom(
      peerRole(role),
      { opcode: "text", payload: hexBytes("e2 82"), final: false },
      { opcode: "ping", payload: hexBytes("ff fe") },
      { opcode: "continuation", payload: hexBytes("ac") },
    );
    const expected = [
      { type: "ping", payload: hexBytes("fffe") },
      { type: "text", data: "€" },
    ];
    expect(open(role).receive(wire.slice())).toEqual(expected);
    expect(receiveAll(open(role), cutEvery(wire, 1))).toEqual(expected);
  });

  it("control frames count neither as fragments nor as bytes of the message [F15] [F16]", () => {
    const connection = open(role, { limits: { fragments: 2, message: 2 } });
    const control = { opcode: "ping", payload: "0123456789" } as const;
    const events = deliver(connection, { opcode: "text", payload: "a", final: false }, control, control, {
      opcode: "continuation",
      payload: "b",
    });
    expect(events.at(-1)).toEqual({ type: "text", data: "ab" });
  });
});

describe.each(roles)("empty payloads, received by a %s", (role) => {
  it.each(["text", "binary"] as const)("an empty %s message is delivered as an empty message [F24]", (kind) => {
    const expected = kind === "text" ? { type: "text", data: "" } : { type: "binary", data: new Uint8Array(0) };
    const wire = frameFrom(peerRole(role), { opcode: kind });
    expect(open(role).receive(wire.slice())).toEqual([expected]);
    expect(receiveAll(open(role), cutEvery(wire, 1))).toEqual([expected]);
  });

  it.each(["text", "binary"] as const)(
    "empty fragments are legal at the start, in the middle and at the end of a %s message [F16]",
    (kind) => {
      const payloads = ["", "a", "", "", "b", ""];
      const wire = framesFrom(
        peerRole(role),
        ...payloads.map((payload, index) => ({
          opcode: index === 0 ? kind : ("continuation" as const),
          payload,
          final: index === payloads.length - 1,
        })),
      );
      const expected = kind === "text" ? { type: "text", data: "ab" } : { type: "binary", data: utf8Bytes("ab") };
      expect(open(role).receive(wire.slice())).toEqual([expected]);
      expect(receiveAll(open(role), cutEvery(wire, 1))).toEqual([expected]);
    },
  );

  it.each(["text", "binary"] as const)(
    "a %s message of only empty fragments is an empty message [F16] [F24]",
    (kind) => {
      const connection = open(role);
      deliver(connection, { opcode: kind, final: false }, { opcode: "continuation", final: false });
      const expected = kind === "text" ? { type: "text", data: "" } : { type: "binary", data: new Uint8Array(0) };
      expect(deliver(connection, { opcode: "continuation" })).toEqual([expected]);
    },
  );

  it("empty fragments count towards limits.fragments, even if the message never grows [F16]", () => {
    const connection = open(role, { limits: { fragments: 3 } });
    deliver(connection, { opcode: "text", final: false }, { opcode: "continuation", final: false });
    expect(deliver(connection, { opcode: "continuation", final: false })).toEqual([]);
    const offset = connection.statistics.bytesReceived;
    expectFailure(connection, frameFrom(peerRole(role), { opcode: "continuation" }), {
      code: "message/too-many-fragments",
      section: "RFC 6455 §10.4",
      statusCode: 1008,
      offset,
    });
  });

  it("exactly limits.fragments frames are accepted, message after message [F16]", () => {
    const connection = open(role, { limits: { fragments: 3 } });
    for (let round = 0; round < 3; round++) {
      const events = deliver(connection, ...fragments("text", utf8Bytes("abc"), [1, 2]));
      expect(events).toEqual([{ type: "text", data: "abc" }]);
    }
  });
});

describe("the type and the boundaries of a message", () => {
  it("binary is never validated, and a message has the type of its first frame [F20]", () => {
    const server = serverWith();
    const invalid = hexBytes("ff c0 80 ed a0 80");
    expect(deliver(server, { opcode: "binary", payload: invalid })).toEqual([{ type: "binary", data: invalid }]);
    expect(deliver(server, ...fragments("binary", invalid, [1, 4]))).toEqual([{ type: "binary", data: invalid }]);
    expect(deliver(server, ...fragments("text", utf8Bytes("ok"), [1]))).toEqual([{ type: "text", data: "ok" }]);
  });

  it("after binary that is not UTF-8, the validation of text starts afresh [F20]", () => {
    const server = serverWith();
    deliver(server, ...fragments("binary", hexBytes("e282"), [1]));
    expect(deliver(server, ...fragments("text", utf8Bytes("€"), [1, 2]))).toEqual([{ type: "text", data: "€" }]);
  });

  const text = "aé€𝄞\u0000";
  const payload = utf8Bytes(text);
  it("a text cut into two fragments at any byte is delivered as the same message [F17] [F23]", () => {
    for (let first = 0; first <= payload.length; first++) {
      for (let second = first; second <= payload.length; second++) {
        const wire = framesFrom("client", ...fragments("text", payload, [first, second]));
        expect(serverWith().receive(wire.slice())).toEqual([{ type: "text", data: text }]);
        expect(receiveAll(serverWith(), cutEvery(wire, 3))).toEqual([{ type: "text", data: text }]);
      }
    }
  });

  it.each([0, 1, 2, 5, 255, 256, 257, 4096, 70_000])(
    "binary of %i bytes is the same message in fragments of any size [F23]",
    (length) => {
      const whole = patternBytes(length);
      for (const size of [1, 3, 250, 4096, 65_536].filter((each) => length / each < 3000)) {
        const ends = Array.from({ length: Math.floor(length / size) }, (_, index) => (index + 1) * size);
        const [event, ...more] = serverWith().receive(framesFrom("client", ...fragments("binary", whole, ends)));
        expect(more).toEqual([]);
        expect(event?.type === "binary" && sameBytes(event.data, whole)).toBe(true);
      }
    },
  );

  it("fragments are delivered as they arrive with delivery: fragments, and only the last is final [F23]", () => {
    const server = serverWith({ delivery: "pieces" });
    const part = (data: string, final: boolean) => ({ type: "piece", kind: "text", data: utf8Bytes(data), final });
    const wire = framesFrom(
      "client",
      { opcode: "text", payload: "abcd", final: false },
      { opcode: "continuation", payload: "ef" },
    );
    expect(server.receive(wire.slice(0, 8))).toEqual([part("ab", false)]);
    expect(server.receive(wire.slice(8, 10))).toEqual([part("cd", false)]);
    expect(server.receive(wire.slice(10, 17))).toEqual([part("e", false)]);
    expect(server.receive(wire.slice(17))).toEqual([part("f", true)]);
    expect(deliver(server, { opcode: "text" })).toEqual([part("", true)]);
  });

  it("empty fragments in the middle are not reported, but the last one is, even if it is empty [F16]", () => {
    const server = serverWith({ delivery: "pieces" });
    expect(deliver(server, { opcode: "binary", final: false })).toEqual([]);
    expect(deliver(server, { opcode: "continuation", payload: "a", final: false })).toHaveLength(1);
    expect(deliver(server, { opcode: "continuation" })).toEqual([
      { type: "piece", kind: "binary", data: new Uint8Array(0), final: true },
    ]);
  });
});
