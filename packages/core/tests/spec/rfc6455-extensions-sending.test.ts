/** RFC 6455 §5.8, §9: sending messages that an extension encodes, and releasing the extension. */
import { closePayload, outlineFrames, patternBytes, peerRole, roles, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import type { ConnectionOptions } from "../../src/config/connection-config.ts";
import { Connection } from "../../src/connection.ts";
import type { Extension } from "../../src/vocabulary/extension.ts";
import type { Role } from "../../src/vocabulary/terms.ts";
import { countingSource, deliver, sent } from "../support/connections.ts";
import { adding, agreeing, extension, pass, rsv1, runLength, type TransformLog } from "../support/extensions.ts";
import type { ReadFrame } from "../support/read-frames.ts";

function connected(role: Role, extensions: readonly Extension[], options: ConnectionOptions = {}): Connection {
  return new Connection(agreeing(role, ...extensions), { random: countingSource(), extensions, ...options });
}

describe.each(roles)("a message through an extension, sent by a %s", (role) => {
  it("carries the owned bits on its first frame only, and control frames carry none [F01] [E16] [E17]", () => {
    const connection = connected(role, [runLength()], { fragmentSize: 10 });
    connection.sendBinary(patternBytes(15));
    connection.sendPing();
    connection.sendClose();
    expect(outlineFrames(sent(connection))).toEqual([
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
      const peer = connected(peerRole(role), [runLength()]);
      for (const budget of [1, 1500, 100_000, undefined].slice(length > 10_000 ? 2 : 0)) {
        const connection = connected(role, [runLength()], { fragmentSize: 3000 });
        const binary = patternBytes(length).map((byte) => byte & 0xf0);
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

  it("leaves as the extension outputs it when streamed, and no budget holds any of it back", () => {
    const connection = connected(role, [runLength()]);
    const stream = connection.startMessage("binary");
    stream.write(patternBytes(3000));
    const drawn: ReadFrame[] = [];
    while (connection.outputLength > 0) drawn.push(...sent(connection, 1));
    expect(outlineFrames(drawn)[0]).toMatch(/^binary rsv20 /);
    expect(drawn.every(({ final, payload }) => !final && payload.length <= 1024)).toBe(true);
    // 2,999 runs of one: the last byte is held back, because its run may continue.
    expect(drawn.reduce((sum, { payload }) => sum + payload.length, 0)).toBe(2999 * 2);
    stream.write(patternBytes(1, 0));
    expect(outlineFrames(sent(connection))).toEqual(["continuation 2"]);
    stream.end();
    expect(outlineFrames(sent(connection))).toEqual(["continuation FIN 2"]);
  });

  it("is not encoded if the extension declines: compress: false, per message [E18]", () => {
    const log: TransformLog = [];
    const connection = connected(role, [adding("plus", rsv1, 1, log)]);
    connection.sendText("abc", { compress: false });
    connection.sendText("abc");
    connection.sendBinary(utf8Bytes("abc"), { compress: true });
    const stream = connection.startMessage("text", { compress: false });
    stream.write("abc");
    const written = sent(connection);
    expect(outlineFrames(written)).toEqual(["text FIN 3", "text FIN rsv40 3", "binary FIN rsv40 3", "text 3"]);
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

  it("is encoded when it leaves, so that the extension sees messages in wire order", () => {
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

  it("does not modify the application's array [F12]", () => {
    const connection = connected(role, [adding("plus", rsv1, 1)]);
    const data = patternBytes(10_000);
    connection.sendBinary(data);
    sent(connection);
    expect(sameBytes(data, patternBytes(10_000))).toBe(true);
  });

  it("leaves at the end when an extension outputs nothing before", () => {
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
    expect(outlineFrames(sent(connection))).toEqual(["text FIN rsv40 2"]);
  });
});

describe.each(roles)("release, of a %s", (role) => {
  it("is called once, at the end of the transport, and no other call follows", () => {
    const log: TransformLog = [];
    const connection = connected(role, [adding("plus", rsv1, 1, log), runLength(log)]);
    connection.sendClose(1000);
    sent(connection);
    deliver(connection, { opcode: "close", payload: closePayload(1000) });
    expect(log).toEqual([]);
    connection.receiveEnd();
    expect(log).toEqual(["plus release", "run-length release"]);
    connection.receiveEnd();
    connection.takeOutput();
    expect(log).toHaveLength(2);
  });

  it("waits until the queued messages have been taken", () => {
    const log: TransformLog = [];
    const connection = connected(role, [adding("plus", rsv1, 1, log)], { fragmentSize: 2000 });
    connection.sendBinary(patternBytes(5000));
    connection.receiveEnd();
    expect(log).toEqual([]);
    sent(connection, 1);
    expect(log).toEqual(["plus beginEncode binary 5000 undefined", "plus endEncode"]);
    sent(connection);
    expect(log.at(-1)).toBe("plus release");
    expect(log.filter((line) => line.endsWith("release"))).toHaveLength(1);
  });

  it("does not wait for a message that can no longer be ended", () => {
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
