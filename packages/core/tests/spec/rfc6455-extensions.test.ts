/** RFC 6455 §9.1: several extensions in use. rfc6455-extension-negotiation.test.ts covers their negotiation. */
import { concatBytes, frameFrom, hexBytes, patternBytes, roles, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import type { ConnectionOptions } from "../../src/config/connection-config.ts";
import { Connection } from "../../src/connection.ts";
import type { Extension } from "../../src/vocabulary/extension.ts";
import type { Role } from "../../src/vocabulary/terms.ts";
import { countingSource, deliver, expectFailure, open, sent, usageErrorOf } from "../support/connections.ts";
import {
  adding,
  agreeing,
  extension,
  pass,
  rsv1,
  rsv2,
  rsv3,
  runLength,
  type TransformLog,
} from "../support/extensions.ts";

function connected(role: Role, extensions: readonly Extension[], options: ConnectionOptions = {}): Connection {
  return new Connection(agreeing(role, ...extensions), { random: countingSource(), extensions, ...options });
}

/** The run-length encoding of `text`, with a run of length one per char. */
const runs = (text: string) => concatBytes([...text].map((char) => concatBytes([Uint8Array.of(1), utf8Bytes(char)])));

describe("several extensions", () => {
  /** Run-length encoding is not additive, so decoding in the wrong order gives other bytes. */
  const chain = (log: TransformLog = []) => [
    adding("plus", rsv1, 1, log),
    runLength(log),
    adding("twenty", rsv3, 20, log),
  ];

  it.each(roles)("are applied by a %s in the order of the agreement, and decoded in reverse [E31]", (role) => {
    const log: TransformLog = [];
    const connection = connected(role, chain(log));
    connection.sendBinary(hexBytes("0a0a0a"));
    const [written] = sent(connection);
    expect(written).toMatchObject({ opcode: 0x2, rsv: rsv1 | rsv2 | rsv3 });
    // 0a + 1 = 0b; three of these are 03 0b; plus 20 each is 17 1f.
    expect(written?.payload).toEqual(hexBytes("171f"));
    const payload = written?.payload ?? hexBytes("");
    const events = deliver(connected(role, chain(log)), { opcode: "binary", rsv: rsv1 | rsv2 | rsv3, payload });
    expect(events).toEqual([{ type: "binary", data: hexBytes("0a0a0a") }]);
    expect(log).toEqual([
      "plus beginEncode binary 3 undefined",
      "twenty beginEncode binary 3 undefined",
      "plus endEncode",
      "twenty endEncode",
      "twenty beginDecode binary 10",
      "plus beginDecode binary 40",
      "twenty endDecode",
      "plus endDecode",
    ]);
  });

  it.each([0, 1, 5000, 100_000])(
    "carry messages of %i bytes in both directions, in fragments and pieces [E31]",
    (length) => {
      const client = connected("client", chain(), { fragmentSize: 5000 });
      const server = connected("server", chain(), { fragmentSize: 700 });
      const data = patternBytes(length).map((byte) => byte >> 5);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        from.sendBinary(data);
        from.sendBinary(data, { compress: false });
        const events = pass(from, to, 2000);
        expect(events).toHaveLength(2);
        expect(events.every((event) => event.type === "binary" && sameBytes(event.data, data))).toBe(true);
      }
    },
  );

  it("each get their own bits only, never those of another [E31]", () => {
    const log: TransformLog = [];
    const connection = connected("server", [adding("plus", rsv1, 1, log), adding("twenty", rsv3, 20, log)]);
    expect(
      deliver(connection, { opcode: "text", rsv: rsv3, payload: utf8Bytes("A").map((byte) => byte + 20) }),
    ).toEqual([{ type: "text", data: "A" }]);
    expect(deliver(connection, { opcode: "text", rsv: rsv1, payload: "B" })).toEqual([{ type: "text", data: "A" }]);
    expect(log).toEqual([
      "twenty beginDecode text 10",
      "plus beginDecode text 0",
      "twenty endDecode",
      "twenty beginDecode text 0",
      "plus beginDecode text 40",
      "plus endDecode",
    ]);
  });

  it("report a fault of a later stage, also at the end of a stage", () => {
    // RSV2 is decoded first; its output goes to the second stage, which finds the fault.
    const failing = (code: "extension/data-malformed" | "extension/data-truncated") =>
      extension("failing", rsv1, () => ({
        beginDecode: () => true,
        decode: () => (code === "extension/data-malformed" ? code : undefined),
        endDecode: () => code,
        beginEncode: () => undefined,
        encode: () => {},
        endEncode: () => {},
        release: () => {},
      }));
    for (const code of ["extension/data-malformed", "extension/data-truncated"] as const) {
      const wire = frameFrom("client", { opcode: "text", rsv: rsv2, payload: hexBytes("0161 0161") });
      expectFailure(connected("server", [failing(code), runLength()]), wire, { code, statusCode: 1007, offset: 0 });
    }
  });

  it("apply limits.message to the output of the last stage, in the middle of the pipeline [X19]", () => {
    const connection = connected("server", [adding("plus", rsv1, 1), runLength()], { limits: { message: 300 } });
    const wire = frameFrom("client", { opcode: "binary", rsv: rsv1 | rsv2, payload: hexBytes("ff01 ff01 ff01") });
    expectFailure(connection, wire, { code: "message/too-big", statusCode: 1009, offset: 0 });
  });

  it.each(roles)("that own the same RSV bit are never used together by a %s [E32]", (role) => {
    const conflicts = [
      [adding("one", rsv1, 1), adding("two", rsv1, 2)],
      [adding("one", rsv1, 1), adding("two", rsv1 | rsv2, 2)],
      [adding("one", rsv1 | rsv3, 1), runLength(), adding("two", rsv3, 2)],
    ];
    for (const extensions of conflicts)
      expect(usageErrorOf(() => connected(role, extensions))).toBe("extension/rsv-conflict");
    expect(
      usageErrorOf(() => connected(role, [adding("none", 0, 1), adding("nor this", 0, 2), runLength()])),
    ).toBeUndefined();
  });

  it("throw when an agreement names an extension that is not available", () => {
    expect(usageErrorOf(() => new Connection(agreeing("server", runLength()), {}))).toBe("extension/unknown");
  });
});

describe("a connection without extensions", () => {
  it("ignores what is passed in options.extensions and was not agreed: its bits fail [F01]", () => {
    const connection = open("server", { extensions: [runLength()] });
    expectFailure(connection, frameFrom("client", { opcode: "text", rsv: rsv2, payload: runs("a") }), {
      code: "frame/rsv-unowned",
      statusCode: 1002,
      offset: 0,
    });
  });
});
