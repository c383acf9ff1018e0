/** RFC 6455 §5.4 and §6.1: sending messages. */
import { concatBytes, hexBytes, outlineFrames, patternBytes, roles, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { arrayCost } from "../../src/bytes/byte-writer.ts";
import { Connection } from "../../src/connection.ts";
import { prepareBinary, prepareText } from "../../src/sending/prepared-message.ts";
import { clientWith, countingSource, open, sent, serverWith } from "../support/connections.ts";
import { adding, agreeing, rsv1 } from "../support/extensions.ts";
import { type ReadFrame, readFrames } from "../support/read-frames.ts";

const joined = (frames: readonly ReadFrame[]) => concatBytes(frames.map(({ payload }) => payload));

describe.each(roles)("a message, sent by a %s", (role) => {
  it.each([0, 1, 23, 24, 125, 126, 127, 4095, 4096, 4097, 65_535, 65_536])(
    "of %i bytes is one frame with a minimal length, text and binary [F03]",
    (length) => {
      const connection = open(role);
      connection.sendBinary(patternBytes(length));
      connection.sendText("x".repeat(length));
      const [binary, text, ...more] = sent(connection);
      expect(more).toEqual([]);
      expect(binary).toMatchObject({ opcode: 0x2, final: true, rsv: 0 });
      expect(text).toMatchObject({ opcode: 0x1, final: true, rsv: 0 });
      expect(sameBytes(binary?.payload ?? hexBytes(""), patternBytes(length))).toBe(true);
      expect(text?.payload.length).toBe(length);
    },
  );

  it.each([1, 40, 41, 60, 125, 1365, 4096, 4097])(
    "of %i chars that take one to four bytes each is UTF-8, with the length after encoding [F21]",
    (length) => {
      for (const char of ["a", "é", "€", "𝄞"]) {
        const connection = open(role);
        const text = char.repeat(length);
        connection.sendText(text);
        expect(sameBytes(joined(sent(connection)), utf8Bytes(text))).toBe(true);
      }
    },
  );

  it("has the length that the command returns: its payload in bytes, before fragments and extensions", () => {
    const extensions = [adding("adding", rsv1, 1)];
    const connections = [
      open(role),
      open(role, { fragmentSize: 100 }),
      new Connection(agreeing(role, ...extensions), { random: countingSource(), extensions }),
    ];
    for (const connection of connections) {
      for (const length of [0, 40, 126, 4096, 4097, 70_000]) {
        const bytes = patternBytes(length);
        const lengths = [
          connection.sendText("€".repeat(length)),
          connection.sendBinary(bytes),
          connection.sendPrepared(prepareText("€".repeat(length))),
          connection.sendPrepared(prepareBinary(bytes)),
        ];
        expect(lengths).toEqual([3 * length, length, 3 * length, length]);
      }
    }
  });

  it.each([65_537, 131_072, 200_000])(
    "of %i bytes leaves in fragments of fragmentSize, the last one with FIN [F22]",
    (length) => {
      const connection = open(role);
      connection.sendBinary(patternBytes(length));
      const frames = sent(connection);
      expect(frames.map(({ payload }) => payload.length).slice(0, -1)).toEqual(
        Array.from({ length: Math.ceil(length / 65_536) - 1 }, () => 65_536),
      );
      expect(frames.map(({ opcode }) => opcode)).toEqual([0x2, ...frames.slice(1).map(() => 0x0)]);
      expect(frames.map(({ final }) => final)).toEqual(frames.map((_, index) => index === frames.length - 1));
      expect(sameBytes(joined(frames), patternBytes(length))).toBe(true);
    },
  );

  it.each([1, 2, 3, 7, 100, 1000.5])(
    "with fragmentSize %i has no frame that is longer, and is whole [F22]",
    (fragmentSize) => {
      for (const length of [0, 1, 2, 3, 6, 7, 8, 99, 100, 101, 2001]) {
        const connection = open(role, { fragmentSize });
        connection.sendBinary(patternBytes(length));
        connection.sendText("é".repeat(length));
        connection.sendPrepared(prepareBinary(patternBytes(length)));
        const frames = sent(connection);
        expect(Math.max(...frames.map(({ payload }) => payload.length))).toBeLessThanOrEqual(Math.floor(fragmentSize));
        expect(frames.filter(({ final }) => final)).toHaveLength(3);
        expect(
          sameBytes(
            joined(frames),
            concatBytes([patternBytes(length), utf8Bytes("é".repeat(length)), patternBytes(length)]),
          ),
        ).toBe(true);
      }
    },
  );

  it("leaves one at a time: fragments in order, and no other data frame between them [F22]", () => {
    const connection = open(role, { fragmentSize: 10 });
    connection.sendText("a".repeat(25));
    connection.sendBinary(patternBytes(25));
    connection.sendText("last");
    expect(outlineFrames(sent(connection))).toEqual([
      "text 10",
      "continuation 10",
      "continuation FIN 5",
      "binary 10",
      "continuation 10",
      "continuation FIN 5",
      "text FIN 4",
    ]);
  });

  it("is cut by takeOutput(budget), to no less than 1 KiB, and control frames leave in between [F22] [X24]", () => {
    const connection = open(role);
    connection.sendBinary(patternBytes(5000));
    expect(outlineFrames(sent(connection, 1))).toEqual(["binary 1024"]);
    connection.sendPing(utf8Bytes("now"));
    expect(outlineFrames(sent(connection, 2000.5))).toEqual(["ping FIN 3", expect.stringMatching(/^continuation 19/)]);
    connection.sendText("later");
    const rest = outlineFrames(sent(connection));
    expect(rest.slice(0, -1)).toEqual([expect.stringMatching(/^continuation FIN/)]);
    expect(rest.at(-1)).toBe("text FIN 5");
  });

  it.each([1, 1000, 1024, 1500.25, 4096, 10_000])(
    "taken with a budget of %i each time arrives whole, and no call returns much more [F22]",
    (budget) => {
      const connection = open(role);
      const peer = open(role === "server" ? "client" : "server");
      connection.sendText("é".repeat(500));
      connection.sendBinary(patternBytes(30_000));
      connection.sendText("end");
      const events: unknown[] = [];
      while (connection.outputLength > 0) {
        const chunks = connection.takeOutput(budget);
        const { length } = concatBytes(chunks);
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(Math.max(budget, 1024) + 1024 + 14);
        for (const chunk of chunks) events.push(...peer.receive(chunk.slice()));
      }
      expect(connection.takeOutput()).toEqual([]);
      expect(events).toEqual([
        { type: "text", data: "é".repeat(500) },
        { type: "binary", data: patternBytes(30_000) },
        { type: "text", data: "end" },
      ]);
    },
  );

  it("stays queued with takeOutput(0), which returns nothing [F22]", () => {
    const connection = open(role);
    connection.sendText("a");
    connection.sendBinary(patternBytes(5000));
    connection.sendPing();
    connection.sendClose(1000);
    const waiting = connection.outputLength;
    expect(connection.takeOutput(0)).toEqual([]);
    expect(connection.takeOutput(-1)).toEqual([]);
    expect(connection.outputLength).toBe(waiting);
    expect(outlineFrames(sent(connection))).toEqual(["ping FIN 0", "text FIN 1", "binary FIN 5000", "close FIN 2"]);
  });
});

describe("prepared messages", () => {
  it.each([0, 1, 125, 126, 4096, 4097, 65_535, 65_536])(
    "of %i bytes are sent by all servers as the prepared frame itself, short ones by copy if something is pending",
    (length) => {
      const message = prepareBinary(patternBytes(length));
      for (const server of [serverWith(), serverWith()]) {
        server.sendPrepared(message);
        server.sendPrepared(message);
        const chunks = server.takeOutput();
        expect(sameBytes(concatBytes(chunks), concatBytes([message.frame, message.frame]))).toBe(true);
        expect(chunks).toHaveLength(2);
        expect(chunks[0] === message.frame).toBe(true);
        expect(chunks[1] === message.frame).toBe(length > 4096 - 4);
        server.releaseOutput(chunks);
        server.sendText("next");
        server.takeOutput();
        expect(sameBytes(message.payload, patternBytes(length))).toBe(true);
      }
    },
  );

  it("pass the budget and later messages like others, and leave in order", () => {
    const server = serverWith();
    const message = prepareText("abc");
    server.sendPrepared(message);
    server.sendText("d");
    server.sendPrepared(message, { priority: 1 });
    expect(server.outputLength).toBe(5 + 3 + 5);
    expect(outlineFrames(readFrames(server.takeOutput(1)))).toEqual(["text FIN 3"]);
    expect(outlineFrames(sent(server))).toEqual(["text FIN 3", "text FIN 1"]);
    expect(server.outputLength).toBe(0);
  });

  it("need no copy, block or queue of the connection that sends one at a time, and are counted", () => {
    const server = serverWith();
    const message = prepareText("x".repeat(1000));
    for (let count = 0; count < 3; count++) {
      const held = server.heldLength;
      server.sendPrepared(message);
      expect([server.outputLength, server.heldLength - held]).toEqual([message.frame.length, arrayCost]);
      const chunks = server.takeOutput();
      expect(chunks).toEqual([message.frame]);
      expect(chunks[0]).toBe(message.frame);
      expect([server.outputLength, server.heldLength]).toEqual([0, held]);
      server.releaseOutput(chunks);
    }
    expect(server.statistics).toMatchObject({ messagesSent: 3, bytesTaken: 3 * message.frame.length });
  });

  it("are taken by themselves only if they are all that there is to take, and are counted as by takeOutput", () => {
    const message = prepareText("abc");
    const [server, other] = [serverWith(), serverWith()];
    expect(server.takePrepared(1000)).toBeUndefined();
    for (const connection of [server, other]) connection.sendPrepared(message);
    expect(server.takePrepared(message.frame.length - 1)).toBeUndefined();
    expect(server.takePrepared(message.frame.length)).toBe(message.frame);
    expect(other.takeOutput()).toEqual([message.frame]);
    expect(server.takePrepared(1000)).toBeUndefined();
    expect(server.takeOutput()).toEqual([]);
    expect(server.statistics).toEqual(other.statistics);
    expect([server.outputLength, server.heldLength]).toEqual([other.outputLength, other.heldLength]);
    const more: readonly ((connection: Connection) => void)[] = [
      (connection) => connection.sendPrepared(message),
      (connection) => connection.sendText("d"),
      (connection) => connection.sendPing(),
      (connection) => connection.startMessage("text"),
      (connection) => connection.sendClose(),
    ];
    for (const send of more) {
      const connection = serverWith();
      connection.sendPrepared(message);
      send(connection);
      expect(connection.takePrepared(1000)).toBeUndefined();
      expect(readFrames(connection.takeOutput())).toContainEqual(
        expect.objectContaining({ payload: utf8Bytes("abc") }),
      );
    }
    for (const connection of [clientWith(), serverWith({ fragmentSize: 2 })]) {
      connection.sendPrepared(message);
      expect(connection.takePrepared(1000)).toBeUndefined();
    }
  });

  it("keep their place behind a message that has begun without payload, and before control frames and a Close", () => {
    const server = serverWith();
    const message = prepareText("abc");
    const stream = server.startMessage("text");
    server.sendPrepared(message);
    expect(outlineFrames(sent(server))).toEqual([]);
    stream.end();
    expect(outlineFrames(sent(server))).toEqual(["text FIN 0", "text FIN 3"]);
    server.sendPrepared(message);
    server.sendPing();
    expect(outlineFrames(sent(server))).toEqual(["ping FIN 0", "text FIN 3"]);
    server.sendPrepared(message);
    server.sendClose(1000);
    expect(outlineFrames(sent(server))).toEqual(["text FIN 3", "close FIN 2"]);
  });

  it("are dropped with everything pending when the connection gives up, and larger than the budget leave alone", () => {
    const server = serverWith();
    const message = prepareText("abc");
    server.sendPrepared(message);
    expect(outlineFrames(readFrames(server.takeOutput(1)))).toEqual(["text FIN 3"]);
    server.sendPrepared(message);
    server.fail(1013);
    expect(server.droppedLength).toBe(3);
    expect(outlineFrames(sent(server))).toEqual(["close FIN 2"]);
  });

  it("are fragmented by a server whose fragmentSize is smaller, and masked by a client", () => {
    const message = prepareText("héllo");
    const server = serverWith({ fragmentSize: 4 });
    server.sendPrepared(message);
    expect(outlineFrames(sent(server))).toEqual(["text 4", "continuation FIN 2"]);
    const client = clientWith();
    client.sendPrepared(message);
    expect(sent(client)).toMatchObject([{ opcode: 0x1, final: true, payload: utf8Bytes("héllo") }]);
  });

  it("are a copy: later changes to the application's array are not sent [F12]", () => {
    const data = utf8Bytes("before");
    const message = prepareBinary(data);
    data.fill(0);
    const server = serverWith();
    server.sendPrepared(message);
    expect(joined(sent(server))).toEqual(utf8Bytes("before"));
  });
});

describe("large payloads", () => {
  it("leave a server by reference: the chunk is the application's own memory", () => {
    const data = patternBytes(50_000);
    const server = serverWith();
    server.sendBinary(data);
    const chunks = server.takeOutput();
    expect(chunks.map(({ length }) => length)).toEqual([4, 50_000]);
    expect(chunks[1]?.buffer === data.buffer).toBe(true);
  });

  it("that are many and short leave as one chunk per turn, once block sizes have adapted", () => {
    for (const role of roles) {
      const connection = open(role);
      for (let turn = 0; turn < 3; turn++) {
        for (let index = 0; index < 100; index++) connection.sendText(`message ${index}`);
        const chunks = connection.takeOutput();
        expect(chunks.length).toBeLessThanOrEqual(turn === 0 ? 4 : 1);
        expect(readFrames(chunks)).toHaveLength(100);
      }
    }
  });
});
