/** RFC 6455 §5.2, §5.8: reserved bits of extensions, and receiving messages that an extension decodes. */
import { concatBytes, cutEvery, frameFrom, framesFrom, hexBytes, peerRole, roles, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import type { ConnectionOptions } from "../../src/config/connection-config.ts";
import { Connection } from "../../src/connection.ts";
import type { Extension } from "../../src/vocabulary/extension.ts";
import type { Role } from "../../src/vocabulary/terms.ts";
import { countingSource, deliver, expectFailure } from "../support/connections.ts";
import { adding, agreeing, extension, rsv1, rsv2, rsv3, runLength, type TransformLog } from "../support/extensions.ts";

function connected(role: Role, extensions: readonly Extension[], options: ConnectionOptions = {}): Connection {
  return new Connection(agreeing(role, ...extensions), { random: countingSource(), extensions, ...options });
}

/** The run-length encoding of `text`, with a run of length one per char. */
const runs = (text: string) => concatBytes([...text].map((char) => concatBytes([Uint8Array.of(1), utf8Bytes(char)])));

describe.each(roles)("RSV bits, received by a %s", (role) => {
  const owning = () => connected(role, [runLength()]);

  it.each(["text", "binary"] as const)(
    "leave an owned bit on the first frame of a %s message to the extension [F01]",
    (kind) => {
      const [event] = deliver(owning(), { opcode: kind, rsv: rsv2, payload: hexBytes("0361 0262") });
      expect(event).toEqual(
        kind === "text" ? { type: "text", data: "aaabb" } : { type: "binary", data: utf8Bytes("aaabb") },
      );
    },
  );

  it.each([rsv1, rsv3, rsv1 | rsv2, rsv1 | rsv2 | rsv3])(
    "%i that no agreed extension owns still fail the connection with 1002 [F01]",
    (rsv) => {
      const connection = owning();
      deliver(connection, { opcode: "text", payload: "a" });
      const offset = connection.statistics.bytesReceived;
      expectFailure(connection, frameFrom(peerRole(role), { opcode: "text", rsv, payload: runs("a") }), {
        code: "frame/rsv-unowned",
        section: "RFC 6455 §5.2",
        statusCode: 1002,
        offset,
      });
    },
  );

  it("fail the connection with 1002 by the first byte when an owned bit is on a continuation [F01] [E16]", () => {
    const connection = owning();
    deliver(connection, { opcode: "text", rsv: rsv2, payload: runs("a"), final: false });
    const offset = connection.statistics.bytesReceived;
    expectFailure(connection, Uint8Array.of(0x80 | rsv2), {
      code: "frame/rsv-misplaced",
      section: "RFC 7692 §6.1",
      statusCode: 1002,
      offset,
    });
  });

  it.each(["close", "ping", "pong"] as const)(
    "fail the connection with 1002 when an owned bit is on a %s frame, also between fragments [F01] [E17]",
    (opcode) => {
      const wire = frameFrom(peerRole(role), { opcode, rsv: rsv2 });
      expectFailure(owning(), wire.slice(), { code: "frame/rsv-misplaced", statusCode: 1002, offset: 0 });
      const connection = owning();
      deliver(connection, { opcode: "text", rsv: rsv2, payload: runs("a"), final: false });
      const offset = connection.statistics.bytesReceived;
      expectFailure(connection, wire.slice(), { code: "frame/rsv-misplaced", statusCode: 1002, offset });
    },
  );

  it("may be absent: a message without the bit is plain, before and after messages with it [E18]", () => {
    const connection = owning();
    const events = deliver(
      connection,
      { opcode: "text", payload: "plain" },
      { opcode: "text", rsv: rsv2, payload: hexBytes("0261") },
      { opcode: "text", payload: "pla", final: false },
      { opcode: "continuation", payload: "in" },
    );
    expect(events).toEqual(["plain", "aa", "plain"].map((data) => ({ type: "text", data })));
  });
});

describe.each(roles)("a message through an extension, received by a %s", (role) => {
  it("may be cut anywhere, over fragments and over chunks, with control frames between [F15] [F23]", () => {
    const encoded = hexBytes("0361 0262 01c3 01a9 ff7a");
    const text = `aaabbé${"z".repeat(255)}`;
    for (let at = 0; at <= encoded.length; at++) {
      const wire = framesFrom(
        peerRole(role),
        { opcode: "text", rsv: rsv2, payload: encoded.slice(0, at), final: false },
        { opcode: "ping", payload: "p" },
        { opcode: "continuation", payload: encoded.slice(at) },
      );
      for (const size of [wire.length, 1, 3]) {
        const connection = connected(role, [runLength()]);
        const events = cutEvery(wire, size).flatMap((chunk) => connection.receive(chunk));
        expect(events).toEqual([
          { type: "ping", payload: utf8Bytes("p") },
          { type: "text", data: text },
        ]);
      }
    }
  });

  it("is validated as UTF-8 after decoding, with a fault located at its frame [F18]", () => {
    const connection = connected(role, [runLength()]);
    deliver(connection, { opcode: "text", rsv: rsv2, payload: hexBytes("0161"), final: false });
    const offset = connection.statistics.bytesReceived;
    expectFailure(
      connection,
      frameFrom(peerRole(role), { opcode: "continuation", payload: hexBytes("0162 01ff 0163") }),
      {
        code: "message/utf8-invalid",
        statusCode: 1007,
        offset,
      },
    );
    expectFailure(
      connected(role, [runLength()]),
      frameFrom(peerRole(role), { opcode: "text", rsv: rsv2, payload: hexBytes("01c3") }),
      {
        code: "message/utf8-truncated",
        statusCode: 1007,
        offset: 0,
      },
    );
  });

  it("fails the connection with 1007 if it does not decode: malformed at once, truncated at its end", () => {
    const malformed = frameFrom(peerRole(role), {
      opcode: "binary",
      rsv: rsv2,
      payload: hexBytes("0161 0061"),
      final: false,
    });
    expectFailure(connected(role, [runLength()]), malformed, {
      code: "extension/data-malformed",
      section: "RFC 7692 §7.2.2",
      statusCode: 1007,
      offset: 0,
    });
    const truncated = frameFrom(peerRole(role), { opcode: "binary", rsv: rsv2, payload: hexBytes("0161 01") });
    expectFailure(connected(role, [runLength()]), truncated, {
      code: "extension/data-truncated",
      statusCode: 1007,
      offset: 0,
    });
  });

  it("is limited to limits.message during decoding, which stops in the middle of its input [X19]", () => {
    const log: TransformLog = [];
    const bomb = new Uint8Array(100_000).fill(0xff);
    const wire = frameFrom(peerRole(role), { opcode: "binary", rsv: rsv2, payload: bomb });
    expectFailure(connected(role, [runLength(log)], { limits: { message: 10_000 } }), wire, {
      code: "message/too-big",
      statusCode: 1009,
      offset: 0,
    });
    // 39 runs of 255 are 9,945 bytes; the 40th exceeds the limit.
    expect(log).toEqual(["stopped after 80", "run-length release"]);
  });

  it("arrives with exactly limits.message bytes after decoding, whether its frames were longer or shorter [X19]", () => {
    const limits = { message: 510 };
    const short = connected(role, [runLength()], { limits });
    expect(deliver(short, { opcode: "binary", rsv: rsv2, payload: hexBytes("ff00 ff00") })).toHaveLength(1);
    const long = connected(role, [runLength()], { limits: { message: 5 } });
    expect(deliver(long, { opcode: "text", rsv: rsv2, payload: runs("abcde") })).toEqual([
      { type: "text", data: "abcde" },
    ]);
    expectFailure(
      connected(role, [runLength()], { limits }),
      frameFrom(peerRole(role), { opcode: "binary", rsv: rsv2, payload: hexBytes("ff00 ff00 0100") }),
      {
        code: "message/too-big",
        statusCode: 1009,
        offset: 0,
      },
    );
  });

  it("is limited to limits.frame before decoding [X19]", () => {
    const wire = frameFrom(peerRole(role), { opcode: "binary", rsv: rsv2, payload: hexBytes("0161 0161") });
    expectFailure(connected(role, [runLength()], { limits: { frame: 3 } }), wire, {
      code: "frame/too-big",
      statusCode: 1009,
      offset: 0,
    });
  });

  it("arrives in parts with delivery: fragments, in arrays that the transform does not reuse", () => {
    const scratch = new Uint8Array(4);
    const reusing = extension("reusing", rsv2, () => ({
      beginDecode: () => true,
      decode: (input, start, end, sink) => {
        for (let at = start; at < end; at++) {
          scratch.fill(input[at] ?? 0);
          sink(scratch, 1, 3);
        }
        return undefined;
      },
      endDecode: () => undefined,
      beginEncode: () => undefined,
      encode: () => {},
      endEncode: () => {},
      release: () => {},
    }));
    const connection = connected(role, [reusing], { delivery: "pieces" });
    const part = (data: string, final: boolean) => ({ type: "piece", kind: "text", data: utf8Bytes(data), final });
    expect(deliver(connection, { opcode: "text", payload: "ab" })).toEqual([
      part("aa", false),
      part("bb", false),
      part("", true),
    ]);
    const whole = connected(role, [reusing]);
    expect(deliver(whole, { opcode: "text", payload: "abc" })).toEqual([{ type: "text", data: "aabbcc" }]);
  });

  it("is decoded even if empty: the transform gets its end", () => {
    const log: TransformLog = [];
    const connection = connected(role, [adding("plus", rsv3, 1, log)]);
    expect(deliver(connection, { opcode: "text", rsv: rsv3 })).toEqual([{ type: "text", data: "" }]);
    expect(log).toEqual(["plus beginDecode text 10", "plus endDecode"]);
  });
});
