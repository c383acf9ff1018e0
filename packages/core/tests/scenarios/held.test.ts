/** What an endpoint holds for its peer (`heldLength`), what limits queued output, and giving up a connection. */

import {
  concatBytes,
  latin1Bytes,
  outlineFrames,
  patternBytes,
  requestText,
  roles,
  sampleRandom,
  utf8Bytes,
} from "@hybi/testing";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { Connection } from "../../src/connection.ts";
import { Endpoint } from "../../src/endpoint/endpoint.ts";
import type { MessageTransform } from "../../src/vocabulary/extension.ts";
import { closing, deliver, expectUsageError, open, sent } from "../support/connections.ts";
import { adding, agreeing, extension } from "../support/extensions.ts";

const head = latin1Bytes(
  requestText({ "X-Long": "x".repeat(5_000), "Sec-WebSocket-Extensions": "a; b=1; c", "Sec-WebSocket-Protocol": "d" }),
);

/** Lets another connection fill the pool of blocks. */
function fillPool(): void {
  const busy = open("server");
  for (let count = 0; count < 400; count++) busy.sendText("x".repeat(4_000));
  busy.releaseOutput(busy.takeOutput());
}

/** Uses up the blocks of the pool. */
function usePool(): void {
  for (let writer = new ByteWriter(); writer.hasRoom(20_000); writer = new ByteWriter()) writer.reserve(20_000);
}

describe("heldLength of an endpoint", () => {
  it("of a server grows as a head trickles in, is the request while it awaits an answer, and is then nothing [A18]", () => {
    const server = Endpoint.server();
    expect(server.heldLength).toBe(0);
    for (const byte of head.subarray(0, -1)) server.receive(Uint8Array.of(byte));
    expect(server.heldLength).toBeGreaterThan(head.length);
    server.receive(head.subarray(-1));
    const asked = server.heldLength;
    expect(asked).toBeGreaterThan(head.length);
    expect(asked).toBeLessThan(head.length + 3_000);
    server.receive(new Uint8Array(10_000));
    expect(server.heldLength).toBeGreaterThanOrEqual(asked + 10_000);
    server.reject({ status: 404 });
    expect(server.heldLength).toBe(0);
  });

  it.each<[string, (server: Endpoint) => unknown]>([
    ["is accepted", (server: Endpoint) => server.accept()],
    ["has left", (server: Endpoint) => server.receiveEnd()],
    ["is too slow", (server: Endpoint) => server.expire("opening")],
  ])("of a server is zero once the client %s [A18]", (_, settle) => {
    const server = Endpoint.server();
    server.receive(head);
    expect(server.heldLength).toBeGreaterThan(head.length);
    settle(server);
    expect(server.heldLength).toBe(0);
    server.takeOutput();
    expect(server.heldLength).toBe(0);
  });

  it("of a server is zero once the head has broken a rule [A18]", () => {
    const server = Endpoint.server();
    server.receive(latin1Bytes("GET / HTTP/1.1\r\nX: y\r\n"));
    expect(server.heldLength).toBeGreaterThan(0);
    server.receive(latin1Bytes("no field\r\n"));
    expect(server.heldLength).toBe(0);
  });

  it("of a client is the size of the response received so far [A18]", () => {
    const client = Endpoint.client({ url: "ws://a/", random: sampleRandom() });
    client.receive(latin1Bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 1000\r\n"));
    expect(client.heldLength).toBeGreaterThan(40);
    client.receive(latin1Bytes(`\r\n${"x".repeat(500)}`));
    expect(client.heldLength).toBeGreaterThanOrEqual(500);
  });
});

describe.each(roles)("heldLength of a connection, a %s's", (role) => {
  it("is the size of the blocks of a message in progress, and returns to zero when it is complete [A18]", () => {
    const connection = open(role);
    expect(connection.heldLength).toBe(0);
    deliver(connection, { opcode: "binary", payload: patternBytes(3_000), final: false });
    expect(connection.heldLength).toBeGreaterThanOrEqual(3_000);
    expect(connection.heldLength).toBeLessThan(7_000);
    for (let count = 0; count < 1_000; count++)
      deliver(connection, { opcode: "continuation", payload: "x", final: false });
    expect(connection.heldLength).toBeLessThan(9_000);
    deliver(connection, { opcode: "continuation", payload: patternBytes(20_000), final: false });
    expect(connection.heldLength).toBeGreaterThan(24_000);
    deliver(connection, { opcode: "continuation", payload: "x" });
    expect(connection.heldLength).toBe(0);
  });

  it.each<[string, (connection: Connection) => unknown]>([
    ["the peer breaks a rule", (connection: Connection) => connection.receive(Uint8Array.of(0xff, 0xff))],
    ["the peer closes", (connection: Connection) => connection.receive(closing(connection))],
    ["the transport ends", (connection: Connection) => connection.receiveEnd()],
    ["the peer does not answer", (connection: Connection) => connection.expire("pong")],
    ["the peer does not read", (connection: Connection) => connection.expire("stalled")],
    ["the peer does not close", (connection: Connection) => connection.expire("closing")],
  ])("returns to zero when %s in the middle of a message [A18]", (_, stop) => {
    const connection = open(role);
    deliver(connection, { opcode: "text", payload: "x".repeat(10_000), final: false });
    expect(connection.heldLength).toBeGreaterThan(10_000);
    stop(connection);
    expect(connection.heldLength).toBe(0);
  });

  it("counts the overhead of objects in addition to queued bytes, and nothing once they have left [A18]", () => {
    const connection = open(role);
    connection.sendText("x");
    connection.takeOutput();
    const idle = connection.heldLength;
    connection.sendBinary(patternBytes(10_000));
    connection.sendText("x".repeat(10_000), { priority: 2 });
    connection.sendText("x", { priority: 3 });
    connection.sendText("y", { priority: 2 });
    connection.sendText("x");
    connection.sendPing();
    deliver(connection, { opcode: "ping" });
    expect(connection.heldLength).toBeGreaterThan(idle + 1_000);
    while (connection.outputLength > 0) connection.takeOutput(3_000);
    expect(connection.takeOutput()).toEqual([]);
    expect(connection.heldLength).toBeLessThanOrEqual(idle + 1_000);
  });

  it("counts the rest of a queue of texts, long binaries and streams while it is taken, and when it is dropped [A18]", () => {
    const connection = open(role, { fragmentSize: 5_000 });
    for (const priority of [undefined, 1, 2]) {
      for (let count = 0; count < 20; count++) {
        connection.sendText("x".repeat(300), { priority });
        connection.sendBinary(patternBytes(9_000), { priority });
      }
      connection.startMessage("text", { priority }).write("unended");
    }
    let before = connection.heldLength;
    expect(before).toBeGreaterThan(60 * 300);
    for (let turn = 0; turn < 20; turn++) {
      connection.takeOutput(20_000);
      expect(connection.heldLength).toBeLessThanOrEqual(before + 70_000);
      before = connection.heldLength;
    }
    connection.sendClose();
    while (connection.outputLength > 0) connection.takeOutput(10_000);
    expect(connection.heldLength).toBe(0);
  });

  it.each([5_000, 15_000, 20_000])(
    "is at most 1.2 times a text of %i chars that waits, where no block is free [A18]",
    (length) => {
      const connection = open(role);
      usePool();
      const before = connection.heldLength;
      for (let count = 0; count < 20; count++) connection.sendText("x".repeat(length));
      const waiting = () => connection.heldLength - before + connection.outputLength;
      expect(waiting()).toBeLessThan(1.2 * 20 * length);
      // The first one leaves, and the others wait as before.
      connection.takeOutput(1);
      expect(waiting()).toBeLessThan(1.2 * 20 * length);
      while (connection.outputLength > 0) connection.takeOutput(length);
      expect(connection.heldLength).toBeLessThan(1_000);
    },
  );

  it.each([5_000, 15_000, 20_000, 21_846, 40_000, 65_000, 65_600, 69_000, 135_000])(
    "is at most 1.2 times a text of %i chars that waits behind a write, though blocks of 64 KiB are free [A18]",
    (length) => {
      const connection = open(role);
      connection.sendText("written");
      const written = connection.takeOutput();
      fillPool();
      const before = connection.heldLength;
      connection.sendText("x".repeat(length));
      expect(connection.heldLength - before + connection.outputLength).toBeLessThan(1.2 * length);
      connection.releaseOutput(written);
      const frames = sent(connection);
      expect(frames[0]).toMatchObject({ opcode: 1 });
      expect(concatBytes(frames.map(({ payload }) => payload))).toEqual(utf8Bytes("x".repeat(length)));
    },
  );

  it("uses what an extension reports about itself, if that is valid [A18]", () => {
    const idle = {
      beginDecode: () => false,
      decode: () => undefined,
      endDecode: () => undefined,
      beginEncode: () => undefined,
      encode: () => {},
      endEncode: () => {},
      release: () => {},
    } satisfies MessageTransform;
    for (const [said, counted] of [
      [undefined, 0],
      [1_000, 1_000],
      [Number.NaN, 0],
      [-5, 0],
      [Number.POSITIVE_INFINITY, 0],
    ] as const) {
      const extensions = [extension("told", 0x40, () => ({ ...idle, heldLength: said }))];
      const connection = new Connection(agreeing(role, ...extensions), { extensions, random: sampleRandom() });
      expect(connection.heldLength).toBe(counted);
    }
  });
});

describe("heldLength of a connection that does not mask", () => {
  it.each<[string, readonly number[]]>([
    ["alone", []],
    ["beside short texts", [10, 20]],
  ])("counts the block of a text that others follow, %s, as long as anything keeps it [A18]", (_, short) => {
    const connection = open("server");
    fillPool();
    for (const length of [...short, 5_000, ...short]) connection.sendText("x".repeat(length));
    connection.sendText("y".repeat(22_000));
    connection.sendBinary(patternBytes(70_000));
    const counted = connection.heldLength + connection.outputLength;
    const kept = new Set<ArrayBufferLike>();
    for (const { buffer } of connection.takeOutput()) kept.add(buffer);
    const memory = [...kept].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(memory).toBeGreaterThan(97_000);
    expect(memory).toBeLessThan(counted + 1_000);
  });
});

describe("heldLength of a connection behind a write, where blocks of 64 KiB are free", () => {
  /** Has a write in flight, and sends `count` times what `send` sends. */
  function waiting(
    connection: Connection,
    count: number,
    send: (connection: Connection) => void,
  ): readonly Uint8Array[] {
    connection.sendText("written");
    const written = connection.takeOutput();
    for (let index = 0; index < count; index++) {
      if (index % 16 === 0) fillPool();
      send(connection);
    }
    return written;
  }

  function memoryOf(chunks: readonly Uint8Array[]): number {
    return [...new Set(chunks.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  it.each<[string, (connection: Connection) => void]>([
    ["short texts and long binaries", (c) => [c.sendText("x".repeat(30)), c.sendBinary(patternBytes(4_200))]],
    ["short and long texts", (c) => [c.sendText("x".repeat(30)), c.sendText("y".repeat(5_000))]],
    ["texts of some hundred chars and long ones", (c) => [c.sendText("x".repeat(500)), c.sendText("y".repeat(22_000))]],
  ])("is about their length for %s, before and while they leave, and all of what is kept [A18]", (_, send) => {
    const connection = open("server");
    const written = waiting(connection, 100, send);
    const payload = connection.outputLength;
    const limit = 1.2 * payload + 70_000;
    expect(connection.heldLength + connection.outputLength).toBeLessThan(limit);
    connection.releaseOutput(written);
    connection.takeOutput(4_096);
    const counted = connection.heldLength + connection.outputLength;
    expect(counted).toBeLessThan(limit);
    const rest = connection.takeOutput();
    expect(memoryOf(rest)).toBeGreaterThan(payload - 30_000);
    expect(memoryOf(rest)).toBeLessThan(counted + 10_000);
  });

  it("is a few hundred bytes beside its length for a short text that an extension will transform [A18]", () => {
    const extensions = [adding("adding", 0x40, 1)];
    const connection = new Connection(agreeing("server", ...extensions), { extensions });
    waiting(connection, 200, (c) => c.sendText("x".repeat(200)));
    expect(connection.heldLength + connection.outputLength).toBeLessThan(200 * 1_000);
  });

  it("leaves the pool its block when short and long messages have left in one turn [A18]", () => {
    const connection = open("server");
    const writer = new ByteWriter();
    fillPool();
    for (let turn = 0; turn < 200; turn++) {
      connection.sendText("x".repeat(100));
      connection.sendBinary(patternBytes(4_200));
      connection.releaseOutput(connection.takeOutput());
    }
    expect(writer.hasRoom(20_000)).toBe(true);
  });
});

describe.each(roles)("limits.queuedOutput, of a %s", (role) => {
  const extensions = [adding("adding", 0x40, 1)];
  const transforming = () =>
    new Connection(agreeing(role, ...extensions), {
      extensions,
      random: sampleRandom(),
      limits: { queuedOutput: 100_000 },
    });

  it.each<[string, (connection: Connection) => unknown]>([
    ["empty texts that wait for an extension", (connection: Connection) => connection.sendText("")],
    ["empty binaries that wait for an extension", (connection: Connection) => connection.sendBinary(new Uint8Array(0))],
    ["empty messages that are streamed", (connection: Connection) => connection.startMessage("text").end()],
    ["empty Pings", (connection: Connection) => connection.sendPing()],
    ["unsolicited Pongs", (connection: Connection) => connection.sendPong()],
  ])("limits %s by the memory they take, and accepts more once they have left [A01]", (_, send) => {
    const connection = transforming();
    let count = 0;
    expect(() => {
      for (; count < 10_000; count++) send(connection);
    }).toThrow(expect.objectContaining({ code: "send/queue-full" }));
    expect(count).toBeGreaterThan(100);
    expect(count).toBeLessThan(1_000);
    expect(connection.heldLength + connection.outputLength).toBeLessThan(150_000);
    expect(connection.queuedLength).toBeGreaterThan(100_000);
    connection.takeOutput();
    send(connection);
  });

  it("does not limit what an extension has output for a message that is leaving, though it is counted [A18]", () => {
    const connection = transforming();
    connection.sendText("x".repeat(90_000));
    connection.takeOutput(10_000);
    expect(connection.heldLength).toBeGreaterThan(0);
    connection.takeOutput();
    expect(connection.heldLength).toBeLessThan(1_000);
  });

  it("limits texts with ever new priorities by the memory their lanes take [A01]", () => {
    const connection = open(role, { limits: { queuedOutput: 100_000 } });
    let count = 0;
    expect(() => {
      for (; count < 10_000; count++) connection.sendText("", { priority: count });
    }).toThrow(expect.objectContaining({ code: "send/queue-full" }));
    expect(count).toBeLessThan(1_000);
    expect(outlineFrames(sent(connection))).toHaveLength(count);
    expect(connection.heldLength).toBeLessThan(1_000);
  });
});

describe.each(roles)("a connection that is given up, by a %s", (role) => {
  it("drops what is in progress and queued, states the reason in a Close frame, and reads nothing more [A18]", () => {
    const connection = open(role, { fragmentSize: 1_000 });
    deliver(connection, { opcode: "binary", payload: patternBytes(50_000), final: false });
    connection.sendBinary(patternBytes(10_000));
    connection.takeOutput(500);
    connection.sendText("never");
    connection.sendPing();
    const taken = 10_000 - connection.outputLength;
    connection.fail(1013, "busy");
    expect(connection.heldLength).toBe(0);
    expect(connection.outputLength).toBeLessThan(20);
    expect(connection.droppedLength).toBeGreaterThan(8_000);
    expect(taken).toBeLessThan(10_000);
    expect(connection.state).toBe("failing");
    const [close] = connection.takeOutput();
    expect(close?.[0]).toBe(0x88);
    expect(connection.transportAction).toBe("end");
    expect(connection.receive(closing(connection))).toEqual([]);
    expectUsageError(connection, "send/after-close", () => connection.sendText("x"));
    connection.fail();
    expect(connection.transportAction).toBe("abort");
    expect(connection.receiveEnd()).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
    connection.fail();
    expect(connection.takeOutput()).toEqual([]);
  });

  it("sends nothing more if its Close frame has left, and is dropped if the peer's has arrived [A18]", () => {
    const closed = open(role);
    closed.sendClose(1000);
    closed.takeOutput();
    closed.fail(1013);
    expect(closed.takeOutput()).toEqual([]);
    expect(closed.transportAction).toBe("end");

    const answered = open(role);
    answered.sendText("x".repeat(10_000));
    deliver(answered, { opcode: "close", payload: "" });
    answered.fail(1013);
    expect(answered.transportAction).toBe("abort");
  });

  it("throws when it is done from inside a sink [A18]", () => {
    const connection = open(role);
    const codes: unknown[] = [];
    const sink = {
      text: () => {
        try {
          connection.fail(1013);
        } catch (error) {
          codes.push((error as { code?: unknown }).code);
        }
      },
    };
    const peer = open(role === "server" ? "client" : "server");
    peer.sendText("x");
    connection.receiveInto(concatBytes(peer.takeOutput()), sink as never);
    expect(codes).toEqual(["endpoint/reentrant"]);
  });
});

it("an endpoint can be given up once it is open, and not before [A18]", () => {
  const server = Endpoint.server();
  server.receive(latin1Bytes(requestText()));
  expect(() => server.fail(1013)).toThrow(expect.objectContaining({ code: "endpoint/not-open" }));
  server.accept();
  server.takeOutput();
  server.fail(1013);
  expect(server.takeOutput()).toEqual([Uint8Array.of(0x88, 2, 0x03, 0xf5)]);
  expect(server.transportAction).toBe("end");
});
