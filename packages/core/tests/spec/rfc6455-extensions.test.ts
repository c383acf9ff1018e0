/** RFC 6455 §5.2, §5.8 and §9: extensions in use. Their negotiation is in rfc6455-extension-negotiation.test.ts. */
import { describe, expect, it } from "vitest";
import { Connection } from "../../src/connection.ts";
import type { ConnectionOptions } from "../../src/connection-options.ts";
import type { Extension } from "../../src/extension.ts";
import type { Role } from "../../src/role.ts";
import { bytes, concat, cut, patterned, sameBytes, utf8 } from "../support/bytes.ts";
import {
  countingSource,
  deliver,
  expectFailure,
  open,
  peerOf,
  roles,
  sent,
  usageErrorOf,
} from "../support/connections.ts";
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
import { closeBody, frame, frames, outline, type ReadFrame } from "../support/wire.ts";

function connected(role: Role, extensions: readonly Extension[], options: ConnectionOptions = {}): Connection {
  return new Connection(agreeing(role, ...extensions), { random: countingSource(), extensions, ...options });
}

/** The run-length form of `text`, of which every char is one run of one. */
const runs = (text: string) => concat([...text].map((char) => concat([Uint8Array.of(1), utf8(char)])));

describe.each(roles)("RSV bits, received by a %s", (role) => {
  const owning = () => connected(role, [runLength()]);

  it.each(["text", "binary"] as const)(
    "an owned bit on the first frame of a %s message is the extension's to read [F01]",
    (kind) => {
      const [event] = deliver(owning(), { opcode: kind, rsv: rsv2, payload: bytes("0361 0262") });
      expect(event).toEqual(
        kind === "text" ? { type: "text", data: "aaabb" } : { type: "binary", data: utf8("aaabb") },
      );
    },
  );

  it.each([rsv1, rsv3, rsv1 | rsv2, rsv1 | rsv2 | rsv3])(
    "the bits %i that no agreed extension owns fail the connection with 1002 all the same [F01]",
    (rsv) => {
      const connection = owning();
      deliver(connection, { opcode: "text", payload: "a" });
      const offset = connection.statistics.bytesReceived;
      expectFailure(connection, frame(peerOf(role), { opcode: "text", rsv, payload: runs("a") }), {
        code: "frame/rsv-unowned",
        section: "RFC 6455 §5.2",
        statusCode: 1002,
        offset,
      });
    },
  );

  it("an owned bit on a continuation fails the connection with 1002 by its first byte [F01] [E16]", () => {
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
    "an owned bit on a %s frame fails the connection with 1002, also between fragments [F01] [E17]",
    (opcode) => {
      const wire = frame(peerOf(role), { opcode, rsv: rsv2 });
      expectFailure(owning(), wire.slice(), { code: "frame/rsv-misplaced", statusCode: 1002, offset: 0 });
      const connection = owning();
      deliver(connection, { opcode: "text", rsv: rsv2, payload: runs("a"), final: false });
      const offset = connection.statistics.bytesReceived;
      expectFailure(connection, wire.slice(), { code: "frame/rsv-misplaced", statusCode: 1002, offset });
    },
  );

  it("a message without the bit is plain, before and after messages with it [E18]", () => {
    const connection = owning();
    const events = deliver(
      connection,
      { opcode: "text", payload: "plain" },
      { opcode: "text", rsv: rsv2, payload: bytes("0261") },
      { opcode: "text", payload: "pla", final: false },
      { opcode: "continuation", payload: "in" },
    );
    expect(events).toEqual(["plain", "aa", "plain"].map((data) => ({ type: "text", data })));
  });
});

describe.each(roles)("a message through an extension, received by a %s", (role) => {
  it("may be cut anywhere, over fragments and over chunks, with control frames between [F15] [F23]", () => {
    const encoded = bytes("0361 0262 01c3 01a9 ff7a");
    const text = `aaabbé${"z".repeat(255)}`;
    for (let at = 0; at <= encoded.length; at++) {
      const wire = frames(
        peerOf(role),
        { opcode: "text", rsv: rsv2, payload: encoded.slice(0, at), final: false },
        { opcode: "ping", payload: "p" },
        { opcode: "continuation", payload: encoded.slice(at) },
      );
      for (const size of [wire.length, 1, 3]) {
        const connection = connected(role, [runLength()]);
        const events = cut(wire, size).flatMap((chunk) => connection.receive(chunk));
        expect(events).toEqual([
          { type: "ping", payload: utf8("p") },
          { type: "text", data: text },
        ]);
      }
    }
  });

  it("is validated as UTF-8 after decoding, and the fault is that of the frame [F18]", () => {
    const connection = connected(role, [runLength()]);
    deliver(connection, { opcode: "text", rsv: rsv2, payload: bytes("0161"), final: false });
    const offset = connection.statistics.bytesReceived;
    expectFailure(connection, frame(peerOf(role), { opcode: "continuation", payload: bytes("0162 01ff 0163") }), {
      code: "message/utf8-invalid",
      statusCode: 1007,
      offset,
    });
    expectFailure(
      connected(role, [runLength()]),
      frame(peerOf(role), { opcode: "text", rsv: rsv2, payload: bytes("01c3") }),
      {
        code: "message/utf8-truncated",
        statusCode: 1007,
        offset: 0,
      },
    );
  });

  it("that does not decode fails the connection with 1007: malformed at once, truncated at its end", () => {
    const malformed = frame(peerOf(role), { opcode: "binary", rsv: rsv2, payload: bytes("0161 0061"), final: false });
    expectFailure(connected(role, [runLength()]), malformed, {
      code: "extension/data-malformed",
      section: "RFC 7692 §7.2.2",
      statusCode: 1007,
      offset: 0,
    });
    const truncated = frame(peerOf(role), { opcode: "binary", rsv: rsv2, payload: bytes("0161 01") });
    expectFailure(connected(role, [runLength()]), truncated, {
      code: "extension/data-truncated",
      statusCode: 1007,
      offset: 0,
    });
  });

  it("is held to limits.message while it is decoded: the transform is stopped in the middle of its input [X19]", () => {
    const log: TransformLog = [];
    const bomb = new Uint8Array(100_000).fill(0xff);
    const wire = frame(peerOf(role), { opcode: "binary", rsv: rsv2, payload: bomb });
    expectFailure(connected(role, [runLength(log)], { limits: { message: 10_000 } }), wire, {
      code: "message/too-big",
      statusCode: 1009,
      offset: 0,
    });
    // 39 runs of 255 are 9,945 bytes; the 40th is too much.
    expect(log).toEqual(["stopped after 80", "run-length release"]);
  });

  it("of exactly limits.message bytes after decoding arrives, though its frames were longer or shorter [X19]", () => {
    const limits = { message: 510 };
    const short = connected(role, [runLength()], { limits });
    expect(deliver(short, { opcode: "binary", rsv: rsv2, payload: bytes("ff00 ff00") })).toHaveLength(1);
    const long = connected(role, [runLength()], { limits: { message: 5 } });
    expect(deliver(long, { opcode: "text", rsv: rsv2, payload: runs("abcde") })).toEqual([
      { type: "text", data: "abcde" },
    ]);
    expectFailure(
      connected(role, [runLength()], { limits }),
      frame(peerOf(role), { opcode: "binary", rsv: rsv2, payload: bytes("ff00 ff00 0100") }),
      {
        code: "message/too-big",
        statusCode: 1009,
        offset: 0,
      },
    );
  });

  it("is held to limits.frame before decoding [X19]", () => {
    const wire = frame(peerOf(role), { opcode: "binary", rsv: rsv2, payload: bytes("0161 0161") });
    expectFailure(connected(role, [runLength()], { limits: { frame: 3 } }), wire, {
      code: "frame/too-big",
      statusCode: 1009,
      offset: 0,
    });
  });

  it("arrives in parts with delivery: fragments, in arrays that the transform does not write to again", () => {
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
    const connection = connected(role, [reusing], { delivery: "fragments" });
    const part = (data: string, final: boolean) => ({ type: "fragment", kind: "text", data: utf8(data), final });
    expect(deliver(connection, { opcode: "text", payload: "ab" })).toEqual([
      part("aa", false),
      part("bb", false),
      part("", true),
    ]);
    const whole = connected(role, [reusing]);
    expect(deliver(whole, { opcode: "text", payload: "abc" })).toEqual([{ type: "text", data: "aabbcc" }]);
  });

  it("that is empty is decoded as well: the transform is told of its end", () => {
    const log: TransformLog = [];
    const connection = connected(role, [adding("plus", rsv3, 1, log)]);
    expect(deliver(connection, { opcode: "text", rsv: rsv3 })).toEqual([{ type: "text", data: "" }]);
    expect(log).toEqual(["plus beginDecode text 10", "plus endDecode"]);
  });
});

describe.each(roles)("a message through an extension, sent by a %s", (role) => {
  it("carries the owned bits on its first frame only, and control frames carry none [F01] [E16] [E17]", () => {
    const connection = connected(role, [runLength()], { fragmentSize: 10 });
    connection.sendBinary(patterned(15));
    connection.sendPing();
    connection.sendClose();
    expect(outline(sent(connection))).toEqual([
      "ping FIN 0",
      "binary rsv20 10",
      "continuation 10",
      "continuation FIN 10",
      "close FIN 0",
    ]);
  });

  it.each([0, 1, 2, 100, 4096, 5000, 70_000, 200_000])(
    "of %i bytes arrives as it was sent, text and binary, whatever the budget",
    (length) => {
      const peer = connected(peerOf(role), [runLength()]);
      for (const budget of [1, 1500, 100_000, undefined].slice(length > 10_000 ? 2 : 0)) {
        const connection = connected(role, [runLength()], { fragmentSize: 3000 });
        const binary = patterned(length).map((byte) => byte & 0xf0);
        connection.sendText("ab".repeat(length / 2));
        connection.sendBinary(binary);
        const [text, data, ...more] = pass(connection, peer, budget);
        expect(more).toEqual([]);
        expect(text).toEqual({ type: "text", data: "ab".repeat(length / 2) });
        expect(data?.type === "binary" && sameBytes(data.data, binary)).toBe(true);
        expect(connection.outputLength).toBe(0);
      }
    },
  );

  it("that is streamed leaves as the extension gives it, and none of it stays behind for want of budget", () => {
    const connection = connected(role, [runLength()]);
    const stream = connection.startMessage("binary");
    stream.write(patterned(3000));
    const drawn: ReadFrame[] = [];
    while (connection.outputLength > 0) drawn.push(...sent(connection, 1));
    expect(outline(drawn)[0]).toMatch(/^binary rsv20 /);
    expect(drawn.every(({ final, payload }) => !final && payload.length <= 1024)).toBe(true);
    // 2,999 runs of one: the last byte is held back, as its run may become longer.
    expect(drawn.reduce((sum, { payload }) => sum + payload.length, 0)).toBe(2999 * 2);
    stream.write(patterned(1, 0));
    expect(outline(sent(connection))).toEqual(["continuation 2"]);
    stream.end();
    expect(outline(sent(connection))).toEqual(["continuation FIN 2"]);
  });

  it("is left alone where the extension says so: compress: false, each message by itself [E18]", () => {
    const log: TransformLog = [];
    const connection = connected(role, [adding("plus", rsv1, 1, log)]);
    connection.sendText("abc", { compress: false });
    connection.sendText("abc");
    connection.sendBinary(utf8("abc"), { compress: true });
    const stream = connection.startMessage("text", { compress: false });
    stream.write("abc");
    const written = sent(connection);
    expect(outline(written)).toEqual(["text FIN 3", "text FIN rsv40 3", "binary FIN rsv40 3", "text 3"]);
    expect(written.map(({ payload }) => new TextDecoder().decode(payload))).toEqual(["abc", "bcd", "bcd", "abc"]);
    expect(log).toEqual([
      "plus beginEncode text 3 false",
      "plus beginEncode text 3 undefined",
      "plus endEncode",
      "plus beginEncode binary 3 true",
      "plus endEncode",
      "plus beginEncode text undefined false",
    ]);
  });

  it("is encoded when it leaves, so that the extension sees messages in the order of the wire", () => {
    const log: TransformLog = [];
    const connection = connected(role, [adding("plus", rsv1, 1, log)]);
    connection.sendText("ordinary");
    connection.sendText("urgent!", { priority: 1 });
    expect(log).toEqual([]);
    sent(connection);
    expect(log.filter((line) => line.includes("begin"))).toEqual([
      "plus beginEncode text 7 undefined",
      "plus beginEncode text 8 undefined",
    ]);
  });

  it("leaves the application's array alone [F12]", () => {
    const connection = connected(role, [adding("plus", rsv1, 1)]);
    const data = patterned(10_000);
    connection.sendBinary(data);
    sent(connection);
    expect(sameBytes(data, patterned(10_000))).toBe(true);
  });

  it("that an extension takes back to nothing until the end leaves at the end", () => {
    const holding = extension("holding", rsv1, () => {
      let held: number[] = [];
      return {
        beginDecode: () => false,
        decode: () => undefined,
        endDecode: () => undefined,
        beginEncode: () => rsv1,
        encode: (input, start, end) => {
          held.push(...input.subarray(start, end));
        },
        endEncode: (sink) => {
          sink(Uint8Array.from(held), 0, held.length);
          held = [];
        },
        release: () => {},
      };
    });
    const connection = connected(role, [holding]);
    const stream = connection.startMessage("text");
    stream.write("a");
    expect(connection.takeOutput()).toEqual([]);
    expect(connection.outputLength).toBe(0);
    stream.write("b");
    stream.end();
    expect(outline(sent(connection))).toEqual(["text FIN rsv40 2"]);
  });
});

describe("several extensions", () => {
  /** Doubles on the way out: undoing two of them in the wrong order gives other bytes. */
  const chain = (log: TransformLog = []) => [
    adding("plus", rsv1, 1, log),
    runLength(log),
    adding("twenty", rsv3, 20, log),
  ];

  it.each(roles)("a %s applies them in the order of the agreement, and undoes them in the reverse [E31]", (role) => {
    const log: TransformLog = [];
    const connection = connected(role, chain(log));
    connection.sendBinary(bytes("0a0a0a"));
    const [written] = sent(connection);
    expect(written).toMatchObject({ opcode: 0x2, rsv: rsv1 | rsv2 | rsv3 });
    // 0a + 1 = 0b; three of them are 03 0b; 20 more each are 17 1f.
    expect(written?.payload).toEqual(bytes("171f"));
    const payload = written?.payload ?? bytes("");
    const events = deliver(connected(role, chain(log)), { opcode: "binary", rsv: rsv1 | rsv2 | rsv3, payload });
    expect(events).toEqual([{ type: "binary", data: bytes("0a0a0a") }]);
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
    "both directions carry messages of %i bytes through all of them, in fragments and pieces [E31]",
    (length) => {
      const client = connected("client", chain(), { fragmentSize: 5000 });
      const server = connected("server", chain(), { fragmentSize: 700 });
      const data = patterned(length).map((byte) => byte >> 5);
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

  it("each decides by its own bits only: it never sees those of another [E31]", () => {
    const log: TransformLog = [];
    const connection = connected("server", [adding("plus", rsv1, 1, log), adding("twenty", rsv3, 20, log)]);
    expect(deliver(connection, { opcode: "text", rsv: rsv3, payload: utf8("A").map((byte) => byte + 20) })).toEqual([
      { type: "text", data: "A" },
    ]);
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

  it("a fault that a later stage finds is found, and one at the end of a stage too", () => {
    // RSV2 is undone first here; what it gives goes to the second stage, which finds fault.
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
      const wire = frame("client", { opcode: "text", rsv: rsv2, payload: bytes("0161 0161") });
      expectFailure(connected("server", [failing(code), runLength()]), wire, { code, statusCode: 1007, offset: 0 });
    }
  });

  it("limits.message holds for what the last stage gives, in the middle of all of them [X19]", () => {
    const connection = connected("server", [adding("plus", rsv1, 1), runLength()], { limits: { message: 300 } });
    const wire = frame("client", { opcode: "binary", rsv: rsv1 | rsv2, payload: bytes("ff01 ff01 ff01") });
    expectFailure(connection, wire, { code: "message/too-big", statusCode: 1009, offset: 0 });
  });

  it.each(roles)("two that own the same RSV bit are never used together by a %s [E32]", (role) => {
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

  it("an agreement that names an extension that is not there is refused", () => {
    expect(usageErrorOf(() => new Connection(agreeing("server", runLength()), {}))).toBe("extension/unknown");
  });
});

describe.each(roles)("release, of a %s", (role) => {
  it("is called once, at the end of the transport, and nothing after it", () => {
    const log: TransformLog = [];
    const connection = connected(role, [adding("plus", rsv1, 1, log), runLength(log)]);
    connection.sendClose(1000);
    sent(connection);
    deliver(connection, { opcode: "close", payload: closeBody(1000) });
    expect(log).toEqual([]);
    connection.receiveEnd();
    expect(log).toEqual(["plus release", "run-length release"]);
    connection.receiveEnd();
    connection.takeOutput();
    expect(log).toHaveLength(2);
  });

  it("waits until the messages that are still queued have been taken", () => {
    const log: TransformLog = [];
    const connection = connected(role, [adding("plus", rsv1, 1, log)], { fragmentSize: 2000 });
    connection.sendBinary(patterned(5000));
    connection.receiveEnd();
    expect(log).toEqual([]);
    sent(connection, 1);
    expect(log).toEqual(["plus beginEncode binary 5000 undefined", "plus endEncode"]);
    sent(connection);
    expect(log.at(-1)).toBe("plus release");
    expect(log.filter((line) => line.endsWith("release"))).toHaveLength(1);
  });

  it("does not wait for a message that nobody can end any more", () => {
    const log: TransformLog = [];
    const connection = connected(role, [adding("plus", rsv1, 1, log)]);
    const stream = connection.startMessage("text");
    stream.write("a");
    sent(connection);
    connection.sendText("behind it");
    connection.receiveEnd();
    expect(log.at(-1)).toBe("plus release");
    expect(connection.takeOutput()).toEqual([]);
    expect(log.filter((line) => line.endsWith("release"))).toHaveLength(1);
  });
});

describe("a connection without extensions", () => {
  it("ignores what is passed in options.extensions and was not agreed: its bits fail [F01]", () => {
    const connection = open("server", { extensions: [runLength()] });
    expectFailure(connection, frame("client", { opcode: "text", rsv: rsv2, payload: runs("a") }), {
      code: "frame/rsv-unowned",
      statusCode: 1002,
      offset: 0,
    });
  });
});
