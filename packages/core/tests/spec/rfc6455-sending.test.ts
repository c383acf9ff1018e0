/** RFC 6455 §5.1, §5.3, §5.4 and §6.1: what an endpoint sends, and in which order. */
import { describe, expect, it } from "vitest";
import { prepareBinary, prepareText } from "../../src/message/prepared-message.ts";
import { bytes, concat, patterned, sameBytes, utf8 } from "../support/bytes.ts";
import {
  clientWith,
  countingSource,
  deliver,
  expectUsageError,
  open,
  roles,
  sent,
  serverWith,
} from "../support/connections.ts";
import { outline, type ReadFrame, readFrames } from "../support/wire.ts";

const payloadsOf = (frames: readonly ReadFrame[]) => frames.map(({ payload }) => new TextDecoder().decode(payload));
const joined = (frames: readonly ReadFrame[]) => concat(frames.map(({ payload }) => payload));
const keyOf = (frame: ReadFrame | undefined) => new DataView((frame?.key ?? new Uint8Array(4)).buffer).getUint32(0);

describe.each(roles)("a message, sent by a %s", (role) => {
  it.each([0, 1, 23, 24, 125, 126, 127, 4095, 4096, 4097, 65_535, 65_536])(
    "of %i bytes is one frame with a minimal length, text and binary [F03]",
    (length) => {
      const connection = open(role);
      connection.sendBinary(patterned(length));
      connection.sendText("x".repeat(length));
      const [binary, text, ...more] = sent(connection);
      expect(more).toEqual([]);
      expect(binary).toMatchObject({ opcode: 0x2, final: true, rsv: 0 });
      expect(text).toMatchObject({ opcode: 0x1, final: true, rsv: 0 });
      expect(sameBytes(binary?.payload ?? bytes(""), patterned(length))).toBe(true);
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
        expect(sameBytes(joined(sent(connection)), utf8(text))).toBe(true);
      }
    },
  );

  it.each([65_537, 131_072, 200_000])(
    "of %i bytes leaves in fragments of fragmentSize, the last one with FIN [F22]",
    (length) => {
      const connection = open(role);
      connection.sendBinary(patterned(length));
      const frames = sent(connection);
      expect(frames.map(({ payload }) => payload.length).slice(0, -1)).toEqual(
        Array.from({ length: Math.ceil(length / 65_536) - 1 }, () => 65_536),
      );
      expect(frames.map(({ opcode }) => opcode)).toEqual([0x2, ...frames.slice(1).map(() => 0x0)]);
      expect(frames.map(({ final }) => final)).toEqual(frames.map((_, index) => index === frames.length - 1));
      expect(sameBytes(joined(frames), patterned(length))).toBe(true);
    },
  );

  it.each([1, 2, 3, 7, 100, 1000.5])(
    "with fragmentSize %i has no frame that is longer, and is whole [F22]",
    (fragmentSize) => {
      for (const length of [0, 1, 2, 3, 6, 7, 8, 99, 100, 101, 2001]) {
        const connection = open(role, { fragmentSize });
        connection.sendBinary(patterned(length));
        connection.sendText("é".repeat(length));
        connection.sendPrepared(prepareBinary(patterned(length)));
        const frames = sent(connection);
        expect(Math.max(...frames.map(({ payload }) => payload.length))).toBeLessThanOrEqual(Math.floor(fragmentSize));
        expect(frames.filter(({ final }) => final)).toHaveLength(3);
        expect(
          sameBytes(joined(frames), concat([patterned(length), utf8("é".repeat(length)), patterned(length)])),
        ).toBe(true);
      }
    },
  );

  it("goes out one at a time: fragments in order, and no other data frame between them [F22]", () => {
    const connection = open(role, { fragmentSize: 10 });
    connection.sendText("a".repeat(25));
    connection.sendBinary(patterned(25));
    connection.sendText("last");
    expect(outline(sent(connection))).toEqual([
      "text 10",
      "continuation 10",
      "continuation FIN 5",
      "binary 10",
      "continuation 10",
      "continuation FIN 5",
      "text FIN 4",
    ]);
  });

  it("is cut by takeOutput(budget), to not less than 1 KiB, and control frames go between [F22] [X24]", () => {
    const connection = open(role);
    connection.sendBinary(patterned(5000));
    expect(outline(sent(connection, 1))).toEqual(["binary 1024"]);
    connection.sendPing(utf8("now"));
    expect(outline(sent(connection, 2000.5))).toEqual(["ping FIN 3", expect.stringMatching(/^continuation 19/)]);
    connection.sendText("later");
    const rest = outline(sent(connection));
    expect(rest.slice(0, -1)).toEqual([expect.stringMatching(/^continuation FIN/)]);
    expect(rest.at(-1)).toBe("text FIN 5");
  });

  it.each([1, 1000, 1024, 1500.25, 4096, 10_000])(
    "drawn with a budget of %i each time arrives whole, and no call gives much more [F22]",
    (budget) => {
      const connection = open(role);
      const peer = open(role === "server" ? "client" : "server");
      connection.sendText("é".repeat(500));
      connection.sendBinary(patterned(30_000));
      connection.sendText("end");
      const events: unknown[] = [];
      while (connection.outputLength > 0) {
        const chunks = connection.takeOutput(budget);
        const { length } = concat(chunks);
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(Math.max(budget, 1024) + 1024 + 14);
        for (const chunk of chunks) events.push(...peer.receive(chunk.slice()));
      }
      expect(connection.takeOutput()).toEqual([]);
      expect(events).toEqual([
        { type: "text", data: "é".repeat(500) },
        { type: "binary", data: patterned(30_000) },
        { type: "text", data: "end" },
      ]);
    },
  );

  it("takeOutput(0) gives nothing and loses nothing [F22]", () => {
    const connection = open(role);
    connection.sendText("a");
    connection.sendBinary(patterned(5000));
    connection.sendPing();
    connection.sendClose(1000);
    const waiting = connection.outputLength;
    expect(connection.takeOutput(0)).toEqual([]);
    expect(connection.takeOutput(-1)).toEqual([]);
    expect(connection.outputLength).toBe(waiting);
    expect(outline(sent(connection))).toEqual(["ping FIN 0", "text FIN 1", "binary FIN 5000", "close FIN 2"]);
  });
});

describe("masking", () => {
  it("a client masks every frame with a key of its own, which never comes twice [F11]", () => {
    const client = clientWith({ fragmentSize: 100 });
    for (let index = 0; index < 5000; index++) client.sendText(`${index}`);
    client.sendBinary(patterned(10_000));
    client.sendPing();
    client.sendClose(1000);
    const frames = sent(client);
    expect(frames.every(({ key }) => key !== undefined)).toBe(true);
    expect(new Set(frames.map((frame) => keyOf(frame))).size).toBe(frames.length);
    expect(frames).toHaveLength(5000 + 100 + 2);
  });

  it("keys come from the injected source, each 32 bits of it once, for all connections that share it [F11]", () => {
    const drawn: Uint8Array[] = [];
    const source = countingSource(7);
    const random = (target: Uint8Array) => {
      source(target);
      drawn.push(target.slice());
    };
    const clients = [clientWith({ random }), clientWith({ random })];
    for (let index = 0; index < 3000; index++) clients[index % 2]?.sendText("x");
    const keys = clients.flatMap((client) => sent(client)).map((frame) => frame.key ?? bytes(""));
    const stream = concat(drawn);
    const available = new Set(
      Array.from({ length: stream.length / 4 }, (_, at) => stream.slice(at * 4, at * 4 + 4).join()),
    );
    expect(keys.every((key) => available.has(key.join()))).toBe(true);
    expect(new Set(keys.map((key) => key.join())).size).toBe(3000);
  });

  it("the same message sent twice is masked differently [F11]", () => {
    const client = clientWith();
    const message = prepareText("again");
    client.sendPrepared(message);
    client.sendPrepared(message);
    const [first, second] = sent(client);
    expect(keyOf(first)).not.toBe(keyOf(second));
    expect([first?.payload, second?.payload]).toEqual([utf8("again"), utf8("again")]);
  });

  it("a source that fills with zeros gives zero keys, and unmasked-looking frames that are masked [F09] [F11]", () => {
    const client = clientWith({ random: () => {} });
    client.sendText("Hello");
    client.sendText("");
    expect(concat(client.takeOutput())).toEqual(bytes("81 85 00000000 48656c6c6f 81 80 00000000"));
  });

  it("a client without a source is refused, and a server masks nothing [F08]", () => {
    expect(() => open("client", { random: undefined })).toThrow("random");
    const server = serverWith();
    server.sendText("a");
    server.sendPing();
    server.sendBinary(patterned(100_000));
    server.sendClose();
    expect(sent(server).every(({ key }) => key === undefined)).toBe(true);
  });

  it.each([0, 1, 125, 4096, 4097, 65_536, 65_537, 200_000])(
    "the application's array of %i bytes is never written to, by either role [F12]",
    (length) => {
      for (const role of roles) {
        const connection = open(role);
        const data = patterned(length);
        const view = concat([bytes("ff"), data, bytes("ff")]).subarray(1, 1 + length);
        connection.sendBinary(view);
        connection.sendPrepared(prepareBinary(view));
        const stream = connection.startMessage("binary");
        stream.write(view);
        stream.end();
        while (connection.outputLength > 0) connection.takeOutput(3000);
        expect(sameBytes(view, data)).toBe(true);
      }
    },
  );
});

describe("priorities", () => {
  it("a waiting urgent message overtakes waiting ones of lesser priority, in order within each", () => {
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

  it("never overtakes a message that has begun (§5.4) [F22]", () => {
    const server = serverWith({ fragmentSize: 1024 });
    server.sendBinary(patterned(3000));
    expect(outline(sent(server, 1))).toEqual(["binary 1024"]);
    server.sendText("urgent", { priority: 9 });
    server.sendPrepared(prepareText("prepared"), { priority: 9 });
    server.sendBinary(utf8("ordinary"));
    expect(outline(sent(server))).toEqual([
      "continuation 1024",
      "continuation FIN 952",
      "text FIN 6",
      "text FIN 8",
      "binary FIN 8",
    ]);
  });

  it("a message that is streamed and has nothing to give yet holds up its own priority only", () => {
    const server = serverWith();
    server.sendText("earlier");
    const stream = server.startMessage("text", { priority: 1 });
    server.sendText("urgent, but later", { priority: 1 });
    expect(payloadsOf(sent(server))).toEqual(["earlier"]);
    stream.write("streamed");
    server.sendText("ordinary");
    expect(outline(sent(server))).toEqual(["text 8"]);
    stream.end();
    expect(outline(sent(server))).toEqual(["continuation FIN 0", "text FIN 17", "text FIN 8"]);
  });

  it.each([Number.NaN, 0.5, Number.POSITIVE_INFINITY])(
    "the priority %d is refused, before anything changes",
    (priority) => {
      const server = serverWith();
      for (const command of [
        () => server.sendText("x", { priority }),
        () => server.sendBinary(utf8("x"), { priority }),
        () => server.sendPrepared(prepareText("x"), { priority }),
        () => server.startMessage("text", { priority }),
      ]) {
        expectUsageError(server, "send/priority", command);
      }
      expect(server.takeOutput()).toEqual([]);
    },
  );
});

describe.each(roles)("a streamed message, sent by a %s", (role) => {
  it("leaves as it is written, and ends with a frame that may be empty", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    expect(connection.takeOutput()).toEqual([]);
    stream.write("a");
    stream.write("b");
    expect(outline(sent(connection))).toEqual(["text 2"]);
    expect(connection.takeOutput()).toEqual([]);
    stream.write("");
    expect(connection.takeOutput()).toEqual([]);
    stream.write("c");
    expect(outline(sent(connection))).toEqual(["continuation 1"]);
    stream.end();
    expect(connection.outputLength).toBeGreaterThan(0);
    expect(outline(sent(connection))).toEqual(["continuation FIN 0"]);
    expect(connection.outputLength).toBe(0);
    stream.end();
    expect(connection.takeOutput()).toEqual([]);
  });

  it("that was ended before output was taken is one frame, and an empty one too", () => {
    const connection = open(role);
    const stream = connection.startMessage("binary");
    stream.write(utf8("whole"));
    stream.end();
    connection.startMessage("text").end();
    expect(outline(sent(connection))).toEqual(["binary FIN 5", "text FIN 0"]);
  });

  it("lets control frames pass, and holds back what is sent after it [F22]", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    stream.write("a");
    connection.sendText("waits");
    connection.sendPing();
    expect(outline(sent(connection))).toEqual(["ping FIN 0", "text 1"]);
    deliver(connection, { opcode: "ping", payload: "p" });
    expect(outline(sent(connection))).toEqual(["pong FIN 1"]);
    stream.end();
    expect(outline(sent(connection))).toEqual(["continuation FIN 0", "text FIN 5"]);
  });

  it("of text joins a surrogate pair that was cut between two pieces, and replaces a lone half [F21]", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    stream.write("\ud83d");
    expect(connection.takeOutput()).toEqual([]);
    stream.write("\ude00\ud83d");
    stream.write("x\ud83d");
    stream.write("");
    stream.end();
    expect(joined(sent(connection))).toEqual(utf8("\u{1f600}\ufffdx\ufffd"));
  });

  it("of text takes bytes that are UTF-8 as a whole, and refuses others before anything changes [F21]", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    stream.write(bytes("e282"));
    expectUsageError(connection, "send/not-utf8", () => stream.write(bytes("41")));
    expectUsageError(connection, "send/not-utf8", () => stream.write("text"));
    expectUsageError(connection, "send/not-utf8", () => stream.end());
    stream.write(bytes("ac"));
    stream.write("\ud83d");
    stream.write(bytes("41"));
    stream.end();
    expect(joined(sent(connection))).toEqual(utf8("€\ufffdA"));
  });

  it("of binary takes bytes only, and keeps those above 4 KiB by reference", () => {
    const connection = open(role);
    const stream = connection.startMessage("binary");
    expectUsageError(connection, "send/kind", () => stream.write("text"));
    const large = patterned(5000);
    const small = utf8("small");
    stream.write(small);
    small.fill(0);
    stream.write(large);
    stream.end();
    expect(sameBytes(joined(sent(connection)), concat([utf8("small"), large]))).toBe(true);
  });

  it("that has ended takes no more", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    stream.end();
    expectUsageError(connection, "send/message-ended", () => stream.write("x"));
    expect(outline(sent(connection))).toEqual(["text FIN 0"]);
  });

  it("that has not ended when sendClose is called never does: before it began it is dropped, after that cut short [X10]", () => {
    const connection = open(role);
    const dropped = connection.startMessage("text");
    dropped.write("dropped");
    connection.sendText("kept");
    connection.sendClose(1000);
    expect(outline(sent(connection))).toEqual(["text FIN 4", "close FIN 2"]);

    const other = open(role);
    const stream = other.startMessage("text");
    stream.write("begun");
    sent(other);
    stream.write("more");
    other.sendClose(1000);
    expect(outline(sent(other))).toEqual(["continuation 4", "close FIN 2"]);
  });
});

describe("prepared messages", () => {
  it.each([0, 1, 125, 126, 4096, 4097, 65_535, 65_536])(
    "of %i bytes are sent by a server as the very frame, short ones by copy",
    (length) => {
      const server = serverWith();
      const message = prepareBinary(patterned(length));
      server.sendPrepared(message);
      const chunks = server.takeOutput();
      expect(sameBytes(concat(chunks), message.frame)).toBe(true);
      expect(chunks[0] === message.frame).toBe(length > 4096 - 4);
    },
  );

  it("are cut by a server whose fragmentSize is smaller, and masked by a client", () => {
    const message = prepareText("héllo");
    const server = serverWith({ fragmentSize: 4 });
    server.sendPrepared(message);
    expect(outline(sent(server))).toEqual(["text 4", "continuation FIN 2"]);
    const client = clientWith();
    client.sendPrepared(message);
    expect(sent(client)).toMatchObject([{ opcode: 0x1, final: true, payload: utf8("héllo") }]);
  });

  it("are a copy: what becomes of the application's array is not sent [F12]", () => {
    const data = utf8("before");
    const message = prepareBinary(data);
    data.fill(0);
    const server = serverWith();
    server.sendPrepared(message);
    expect(joined(sent(server))).toEqual(utf8("before"));
  });
});

describe.each(roles)("output of a %s", (role) => {
  it("a chunk that was taken never changes, whatever is sent and taken after it", () => {
    const connection = open(role, { fragmentSize: 2000 });
    const taken: { chunk: Uint8Array; copy: Uint8Array }[] = [];
    for (let round = 0; round < 200; round++) {
      connection.sendText("é".repeat(round));
      connection.sendBinary(patterned(round * 61));
      connection.sendPing(patterned(round % 126));
      deliver(connection, { opcode: "ping", payload: `${round}` });
      for (const chunk of connection.takeOutput(round % 3 === 0 ? 1500 : undefined))
        taken.push({ chunk, copy: chunk.slice() });
    }
    expect(taken.every(({ chunk, copy }) => sameBytes(chunk, copy))).toBe(true);
  });

  it("blocks that were handed back are written again, and never one that is still held", () => {
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
      // Every third round the transport keeps the chunks: they were not written yet.
      if (round % 3 === 0) held.push(...chunks.map((chunk) => ({ chunk, copy: chunk.slice() })));
      else connection.releaseOutput(chunks);
    }
    expect(held.every(({ chunk, copy }) => sameBytes(chunk, copy))).toBe(true);
    expect(payloadsOf(readFrames(wire))).toEqual(expected);
    // 100 rounds of two blocks each would be 200 buffers.
    expect(buffers.size).toBeLessThan(120);
  });

  it("releaseOutput leaves alone what is not a block of ours, and what came back before", () => {
    const connection = open(role);
    connection.releaseOutput([patterned(10), patterned(65_600)]);
    for (let index = 0; index < 40; index++) connection.sendText("x".repeat(3000));
    const chunks = connection.takeOutput();
    connection.releaseOutput(chunks);
    connection.releaseOutput(chunks);
    const first = open(role);
    const second = open(role);
    for (const each of [first, second]) for (let index = 0; index < 40; index++) each.sendText(`${index}`.padEnd(3000));
    const firstWire = first.takeOutput();
    const copy = concat(firstWire);
    second.takeOutput();
    expect(sameBytes(concat(firstWire), copy)).toBe(true);
  });

  it("outputLength is more than 0 exactly while something can be taken", () => {
    const steps: ((connection: ReturnType<typeof open>) => void)[] = [
      (connection) => connection.sendText(""),
      (connection) => connection.sendBinary(patterned(0)),
      (connection) => connection.sendBinary(patterned(5000)),
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

  it("is bounded by limits.queuedOutput: commands are then refused, and taken again once output was taken", () => {
    const connection = open(role, { limits: { queuedOutput: 100 } });
    const stream = connection.startMessage("text", { priority: 1 });
    connection.sendBinary(patterned(200));
    for (const command of [
      () => connection.sendText("x"),
      () => connection.sendBinary(utf8("x")),
      () => connection.sendPrepared(prepareText("x")),
      () => connection.startMessage("text"),
      () => connection.sendPing(),
      () => connection.sendPong(),
      () => stream.write("x"),
    ]) {
      expectUsageError(connection, "send/queue-full", command);
    }
    // Ending adds nothing, a Ping of the peer is answered, and a Close can always be sent.
    stream.end();
    deliver(connection, { opcode: "ping", payload: "p" });
    expect(outline(sent(connection))).toEqual(["pong FIN 1", "text FIN 0", "binary FIN 200"]);
    connection.sendBinary(patterned(200));
    connection.sendClose(1000);
    expect(outline(sent(connection))).toEqual(["binary FIN 200", "close FIN 2"]);
  });

  it("statistics count bytes, messages and control frames", () => {
    const connection = open(role);
    connection.sendText("a");
    connection.startMessage("text").end();
    connection.sendPing();
    const { length } = concat(connection.takeOutput());
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

describe("large payloads", () => {
  it("go out by reference from a server: the chunk is the application's own memory", () => {
    const data = patterned(50_000);
    const server = serverWith();
    server.sendBinary(data);
    const chunks = server.takeOutput();
    expect(chunks.map(({ length }) => length)).toEqual([4, 50_000]);
    expect(chunks[1]?.buffer === data.buffer).toBe(true);
  });

  it("many short messages of a turn leave as one chunk, once the size of a turn is known", () => {
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
