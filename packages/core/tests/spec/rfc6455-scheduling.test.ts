/** RFC 6455 §5.4: the order in which messages leave, and streamed messages. */
import { concatBytes, hexBytes, outlineFrames, patternBytes, roles, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { prepareText } from "../../src/sending/prepared-message.ts";
import { deliver, expectUsageError, open, sent, serverWith } from "../support/connections.ts";
import type { ReadFrame } from "../support/read-frames.ts";

const payloadsOf = (frames: readonly ReadFrame[]) => frames.map(({ payload }) => new TextDecoder().decode(payload));
const joined = (frames: readonly ReadFrame[]) => concatBytes(frames.map(({ payload }) => payload));

describe("priorities", () => {
  it("let a queued urgent message overtake queued ones of lower priority, in order within each", () => {
    const server = serverWith();
    const send = (text: string, priority?: number) =>
      server.sendText(text, priority === undefined ? undefined : { priority });
    send("ordinary 1");
    send("low 1", -1);
    send("urgent 1", 2);
    send("high 1", 1);
    send("urgent 2", 2);
    send("ordinary 2", 0);
    send("high 2", 1);
    send("low 2", -1);
    send("lowest", -5);
    expect(payloadsOf(sent(server))).toEqual([
      "urgent 1",
      "urgent 2",
      "high 1",
      "high 2",
      "ordinary 1",
      "ordinary 2",
      "low 1",
      "low 2",
      "lowest",
    ]);
    send("and again");
    send("first", 1);
    expect(payloadsOf(sent(server))).toEqual(["first", "and again"]);
  });

  it("never let a message overtake one in progress (§5.4) [F22]", () => {
    const server = serverWith({ fragmentSize: 1024 });
    server.sendBinary(patternBytes(3000));
    expect(outlineFrames(sent(server, 1))).toEqual(["binary 1024"]);
    server.sendText("urgent", { priority: 9 });
    server.sendPrepared(prepareText("prepared"), { priority: 9 });
    server.sendBinary(utf8Bytes("ordinary"));
    expect(outlineFrames(sent(server))).toEqual([
      "continuation 1024",
      "continuation FIN 952",
      "text FIN 6",
      "text FIN 8",
      "binary FIN 8",
    ]);
  });

  it("confine the wait for a streamed message with nothing to send to its own priority", () => {
    const server = serverWith();
    server.sendText("earlier");
    const stream = server.startMessage("text", { priority: 1 });
    server.sendText("urgent, but later", { priority: 1 });
    expect(payloadsOf(sent(server))).toEqual(["earlier"]);
    stream.write("streamed");
    server.sendText("ordinary");
    expect(outlineFrames(sent(server))).toEqual(["text 8"]);
    stream.end();
    expect(outlineFrames(sent(server))).toEqual(["continuation FIN 0", "text FIN 17", "text FIN 8"]);
  });

  it.each([Number.NaN, 0.5, Number.POSITIVE_INFINITY])("of %d throw, before anything changes", (priority) => {
    const server = serverWith();
    for (const command of [
      () => server.sendText("x", { priority }),
      () => server.sendBinary(utf8Bytes("x"), { priority }),
      () => server.sendPrepared(prepareText("x"), { priority }),
      () => server.startMessage("text", { priority }),
    ]) {
      expectUsageError(server, "send/priority", command);
    }
    expect(server.takeOutput()).toEqual([]);
  });
});

describe.each(roles)("a streamed message, sent by a %s", (role) => {
  it("leaves as it is written, and ends with a frame that may be empty", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    expect(connection.takeOutput()).toEqual([]);
    stream.write("a");
    stream.write("b");
    expect(outlineFrames(sent(connection))).toEqual(["text 2"]);
    expect(connection.takeOutput()).toEqual([]);
    stream.write("");
    expect(connection.takeOutput()).toEqual([]);
    stream.write("c");
    expect(outlineFrames(sent(connection))).toEqual(["continuation 1"]);
    stream.end();
    expect(connection.outputLength).toBeGreaterThan(0);
    expect(outlineFrames(sent(connection))).toEqual(["continuation FIN 0"]);
    expect(connection.outputLength).toBe(0);
    stream.end();
    expect(connection.takeOutput()).toEqual([]);
  });

  it("that was ended before output was taken is one frame, even if empty", () => {
    const connection = open(role);
    const stream = connection.startMessage("binary");
    stream.write(utf8Bytes("whole"));
    stream.end();
    connection.startMessage("text").end();
    expect(outlineFrames(sent(connection))).toEqual(["binary FIN 5", "text FIN 0"]);
  });

  it("lets control frames pass, and holds back later messages [F22]", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    stream.write("a");
    connection.sendText("waits");
    connection.sendPing();
    expect(outlineFrames(sent(connection))).toEqual(["ping FIN 0", "text 1"]);
    deliver(connection, { opcode: "ping", payload: "p" });
    expect(outlineFrames(sent(connection))).toEqual(["pong FIN 1"]);
    stream.end();
    expect(outlineFrames(sent(connection))).toEqual(["continuation FIN 0", "text FIN 5"]);
  });

  it("of text joins a surrogate pair cut between two pieces, and replaces a lone half [F21]", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    stream.write("\ud83d");
    expect(connection.takeOutput()).toEqual([]);
    stream.write("\ude00\ud83d");
    stream.write("x\ud83d");
    stream.write("");
    stream.end();
    expect(joined(sent(connection))).toEqual(utf8Bytes("\u{1f600}\ufffdx\ufffd"));
  });

  it("of text accepts bytes that are UTF-8 overall, and throws for others before anything changes [F21]", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    stream.write(hexBytes("e282"));
    expectUsageError(connection, "send/not-utf8", () => stream.write(hexBytes("41")));
    expectUsageError(connection, "send/not-utf8", () => stream.write("text"));
    expectUsageError(connection, "send/not-utf8", () => stream.end());
    stream.write(hexBytes("ac"));
    stream.write("\ud83d");
    stream.write(hexBytes("41"));
    stream.end();
    expect(joined(sent(connection))).toEqual(utf8Bytes("€\ufffdA"));
  });

  it("of binary accepts bytes only, and references those above 4 KiB", () => {
    const connection = open(role);
    const stream = connection.startMessage("binary");
    expectUsageError(connection, "send/kind", () => stream.write("text"));
    const large = patternBytes(5000);
    const small = utf8Bytes("small");
    stream.write(small);
    small.fill(0);
    stream.write(large);
    stream.end();
    expect(sameBytes(joined(sent(connection)), concatBytes([utf8Bytes("small"), large]))).toBe(true);
  });

  it("throws for writes after its end", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    stream.end();
    expectUsageError(connection, "send/message-ended", () => stream.write("x"));
    expect(outlineFrames(sent(connection))).toEqual(["text FIN 0"]);
  });

  it("that has not ended at sendClose never ends: it is dropped if not begun, and otherwise cut short [X10]", () => {
    const connection = open(role);
    const dropped = connection.startMessage("text");
    dropped.write("dropped");
    connection.sendText("kept");
    connection.sendClose(1000);
    expect(outlineFrames(sent(connection))).toEqual(["text FIN 4", "close FIN 2"]);

    const other = open(role);
    const stream = other.startMessage("text");
    stream.write("begun");
    sent(other);
    stream.write("more");
    other.sendClose(1000);
    expect(outlineFrames(sent(other))).toEqual(["continuation 4", "close FIN 2"]);
  });
});
