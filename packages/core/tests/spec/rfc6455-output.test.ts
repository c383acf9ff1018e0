/** RFC 6455 §6.1: output as the transport takes it, its memory, length and limits. */
import { concatBytes, outlineFrames, patternBytes, roles, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { prepareText } from "../../src/sending/prepared-message.ts";
import { deliver, expectUsageError, open, sent } from "../support/connections.ts";
import { type ReadFrame, readFrames } from "../support/read-frames.ts";

const payloadsOf = (frames: readonly ReadFrame[]) => frames.map(({ payload }) => new TextDecoder().decode(payload));

describe.each(roles)("output of a %s", (role) => {
  it("never changes a chunk that was taken, whatever is sent and taken after it", () => {
    const connection = open(role, { fragmentSize: 2000 });
    const taken: { chunk: Uint8Array; copy: Uint8Array }[] = [];
    for (let round = 0; round < 200; round++) {
      connection.sendText("é".repeat(round));
      connection.sendBinary(patternBytes(round * 61));
      connection.sendPing(patternBytes(round % 126));
      deliver(connection, { opcode: "ping", payload: `${round}` });
      for (const chunk of connection.takeOutput(round % 3 === 0 ? 1500 : undefined))
        taken.push({ chunk, copy: chunk.slice() });
    }
    expect(taken.every(({ chunk, copy }) => sameBytes(chunk, copy))).toBe(true);
  });

  it("reuses blocks that were handed back, and never one that is still held", () => {
    const connection = open(role);
    const expected: string[] = [];
    const wire: Uint8Array[] = [];
    const held: { chunk: Uint8Array; copy: Uint8Array }[] = [];
    const buffers = new Set<ArrayBufferLike>();
    for (let round = 0; round < 100; round++) {
      for (let index = 0; index < 30; index++) {
        const text = `${round}.${index} ${"x".repeat(3000)}`;
        connection.sendText(text);
        expected.push(text);
      }
      const chunks = connection.takeOutput();
      for (const chunk of chunks) {
        buffers.add(chunk.buffer);
        wire.push(chunk.slice());
      }
      // Every third round, the transport keeps the chunks, as if they were not written yet.
      if (round % 3 === 0) held.push(...chunks.map((chunk) => ({ chunk, copy: chunk.slice() })));
      else connection.releaseOutput(chunks);
    }
    expect(held.every(({ chunk, copy }) => sameBytes(chunk, copy))).toBe(true);
    expect(payloadsOf(readFrames(wire))).toEqual(expected);
    // Without reuse, 100 rounds of two blocks each would need 200 buffers.
    expect(buffers.size).toBeLessThan(120);
  });

  it("ignores chunks in releaseOutput that are not its blocks, or were released before", () => {
    const connection = open(role);
    connection.releaseOutput([patternBytes(10), patternBytes(65_600)]);
    for (let index = 0; index < 40; index++) connection.sendText("x".repeat(3000));
    const chunks = connection.takeOutput();
    connection.releaseOutput(chunks);
    connection.releaseOutput(chunks);
    const first = open(role);
    const second = open(role);
    for (const each of [first, second]) for (let index = 0; index < 40; index++) each.sendText(`${index}`.padEnd(3000));
    const firstWire = first.takeOutput();
    const copy = concatBytes(firstWire);
    second.takeOutput();
    expect(sameBytes(concatBytes(firstWire), copy)).toBe(true);
  });

  it("has an outputLength above 0 exactly while something can be taken", () => {
    const steps: ((connection: ReturnType<typeof open>) => void)[] = [
      (connection) => connection.sendText(""),
      (connection) => connection.sendBinary(patternBytes(0)),
      (connection) => connection.sendBinary(patternBytes(5000)),
      (connection) => connection.sendPing(),
      (connection) => connection.sendPong(),
      (connection) => deliver(connection, { opcode: "ping" }),
      (connection) => connection.startMessage("text").end(),
      (connection) => connection.sendPrepared(prepareText("")),
      (connection) => connection.sendClose(),
    ];
    const connection = open(role, { fragmentSize: 1000 });
    for (const step of steps) {
      expect(connection.outputLength).toBe(0);
      step(connection);
      while (connection.outputLength > 0) expect(connection.takeOutput(1).length).toBeGreaterThan(0);
      expect(connection.takeOutput()).toEqual([]);
    }
    expect(connection.state).toBe("close-sent");
  });

  it("is limited by limits.queuedOutput: commands throw, until output was taken", () => {
    const connection = open(role, { limits: { queuedOutput: 100 } });
    const stream = connection.startMessage("text", { priority: 1 });
    connection.sendBinary(patternBytes(200));
    for (const command of [
      () => connection.sendText("x"),
      () => connection.sendBinary(utf8Bytes("x")),
      () => connection.sendPrepared(prepareText("x")),
      () => connection.startMessage("text"),
      () => connection.sendPing(),
      () => connection.sendPong(),
      () => stream.write("x"),
    ]) {
      expectUsageError(connection, "send/queue-full", command);
    }
    // Ending adds nothing, a Ping of the peer gets a Pong, and Close can always be sent.
    stream.end();
    deliver(connection, { opcode: "ping", payload: "p" });
    expect(outlineFrames(sent(connection))).toEqual(["pong FIN 1", "text FIN 0", "binary FIN 200"]);
    connection.sendBinary(patternBytes(200));
    connection.sendClose(1000);
    expect(outlineFrames(sent(connection))).toEqual(["binary FIN 200", "close FIN 2"]);
  });

  it("accepts budgets that are fractions of a byte, as a rate may yield, without losing anything", () => {
    const connection = open(role);
    const texts = ["한".repeat(20_000), "x".repeat(9000), "short"];
    for (const text of texts) connection.sendText(text);
    const data = patternBytes(50_000);
    connection.sendBinary(data);
    const chunks: Uint8Array[] = [];
    for (let turn = 0; turn < 200; turn++) {
      const taken = connection.takeOutput(1500.7);
      expect(concatBytes(taken).length).toBeLessThan(1600);
      chunks.push(...taken);
    }
    expect(connection.outputLength).toBe(0);
    const payload = concatBytes(readFrames(chunks).map((frame) => frame.payload));
    expect(sameBytes(payload, concatBytes([...texts.map(utf8Bytes), data]))).toBe(true);
  });

  it("is counted by statistics in bytes, messages and control frames", () => {
    const connection = open(role);
    connection.sendText("a");
    connection.startMessage("text").end();
    connection.sendPing();
    const { length } = concatBytes(connection.takeOutput());
    deliver(
      connection,
      { opcode: "text", payload: "abc", final: false },
      { opcode: "ping" },
      { opcode: "continuation" },
    );
    expect(connection.statistics).toEqual({
      bytesReceived: role === "server" ? 9 + 6 + 6 : 5 + 2 + 2,
      bytesTaken: length,
      messagesReceived: 1,
      messagesSent: 2,
      controlFramesReceived: 1,
      pingsTaken: 1,
    });
  });
});
