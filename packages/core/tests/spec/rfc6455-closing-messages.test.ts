/** RFC 6455 §5.5.1: what happens to queued messages when the closing handshake begins. */
import { closePayload, concatBytes, outlineFrames, patternBytes, roles } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import type { Connection } from "../../src/connection.ts";
import { Endpoint } from "../../src/endpoint/endpoint.ts";
import { prepareText } from "../../src/sending/prepared-message.ts";
import { closing, deliver, expectUsageError, open, sent, serverWith } from "../support/connections.ts";

describe("the reply to a Close, while messages are queued", () => {
  it("follows the messages that can leave within 1 MiB, in order [X11]", () => {
    const server = serverWith();
    server.sendText("small");
    server.sendBinary(patternBytes(1_000_000));
    deliver(server, { opcode: "close", payload: closePayload(1000) });
    const written = outlineFrames(sent(server));
    expect(written[0]).toBe("text FIN 5");
    expect(written.filter((line) => line.startsWith("binary") || line.startsWith("continuation"))).toHaveLength(16);
    expect(written.at(-2)).toMatch(/^continuation FIN/);
    expect(written.at(-1)).toBe("close FIN 2");
  });

  it("does not wait for a message of 100 MB, in progress or not: the message is dropped, and Close is next [X11] [X24]", () => {
    for (const begun of [true, false]) {
      const server = serverWith();
      server.sendBinary(new Uint8Array(100_000_000));
      if (begun) expect(outlineFrames(sent(server, 1000))).toEqual(["binary 1024"]);
      deliver(server, { opcode: "close", payload: closePayload(1000) });
      expect(outlineFrames(sent(server))).toEqual(["close FIN 2"]);
      expect(server.outputLength).toBe(0);
      expect(server.transportAction).toBe("end");
    }
  });

  it("lets a message in progress finish when its rest is within 1 MiB [X11]", () => {
    const server = serverWith({ fragmentSize: 1_000_000 });
    server.sendBinary(patternBytes(2_000_000));
    expect(outlineFrames(sent(server, 1_000_000))).toEqual(["binary 1000000"]);
    deliver(server, { opcode: "close" });
    expect(outlineFrames(sent(server))).toEqual(["continuation FIN 1000000", "close FIN 0"]);
  });

  it("is bounded by the closing deadline, after which the transport is dropped [X11] [X12]", () => {
    const server = serverWith();
    server.sendBinary(patternBytes(1_000_000));
    deliver(server, { opcode: "close" });
    expect(server.expire("closing")).toEqual([]);
    expect(server.transportAction).toBe("abort");
    expect(deliver(server, { opcode: "text", payload: "late" })).toEqual([]);
    expect(server.receiveEnd()).toMatchObject([{ type: "end" }]);
    expect(server.transportAction).toBe("abort");
  });

  it.each(roles)(
    "the %s may still send, until its Close is taken, responses to messages from before the peer's Close [X11]",
    (role) => {
      const connection = open(role);
      deliver(connection, { opcode: "text", payload: "question" }, { opcode: "close", payload: closePayload(1000) });
      connection.sendText("answer");
      expect(outlineFrames(sent(connection))).toEqual(["text FIN 6", "close FIN 2"]);
      expectUsageError(connection, "send/after-close", () => connection.sendText("too late"));
      expect(connection.takeOutput()).toEqual([]);
    },
  );

  it("a message being streamed when the peer's Close arrives may still be ended before our Close is taken [X11]", () => {
    const server = serverWith();
    const stream = server.startMessage("text");
    stream.write("be");
    expect(outlineFrames(sent(server))).toEqual(["text 2"]);
    deliver(server, { opcode: "close" });
    stream.write("gun");
    stream.end();
    expect(outlineFrames(sent(server))).toEqual(["continuation FIN 3", "close FIN 0"]);
  });

  it("a message still being streamed when our Close is taken is lost, which is legal [X10] [X11]", () => {
    const server = serverWith();
    const stream = server.startMessage("text");
    stream.write("be");
    expect(outlineFrames(sent(server))).toEqual(["text 2"]);
    deliver(server, { opcode: "close" });
    stream.write("gun");
    expect(outlineFrames(sent(server))).toEqual(["close FIN 0"]);
    expectUsageError(server, "send/after-close", () => stream.end());
  });
});

describe("afterMessages: false", () => {
  it.each(roles)("lets the Close of the %s overtake a message of 100 MB [X24]", (role) => {
    const connection = open(role);
    connection.sendText("small");
    connection.sendBinary(new Uint8Array(100_000_000));
    connection.sendText("behind it");
    connection.sendClose(1001, "going", { afterMessages: false });
    expect(outlineFrames(sent(connection))).toEqual(["text FIN 5", "close FIN 7"]);
    expect([connection.state, connection.outputLength]).toEqual(["close-sent", 0]);
  });

  it("a Close queued behind 100 MB is moved ahead when the peer's arrives [X24] [X15]", () => {
    const server = serverWith();
    server.sendBinary(new Uint8Array(100_000_000));
    server.sendClose(3000, "mine");
    expect(outlineFrames(sent(server, 1))).toEqual(["binary 1024"]);
    server.receive(closing(server, 1001));
    expect(outlineFrames(sent(server))).toEqual(["close FIN 6"]);
    expect(server.state).toBe("closed");
  });

  it("what leaves before the Close is bounded: about 1 MiB of short messages, not all of them [X24]", () => {
    const server = serverWith();
    for (let index = 0; index < 2000; index++) server.sendBinary(patternBytes(1024));
    server.sendClose(1000, "", { afterMessages: false });
    const length = concatBytes(server.takeOutput()).length;
    expect(length).toBeGreaterThan(1_000_000);
    expect(length).toBeLessThan(1_048_576 + 2048);
  });
});

describe("droppedLength", () => {
  /** Commands that each queue `length` bytes of payload, covering all representations in the queue. */
  const sends: readonly ((connection: Connection, length: number, priority: number) => void)[] = [
    (connection, length, priority) => connection.sendText("x".repeat(length), { priority }),
    (connection, length, priority) => connection.sendBinary(patternBytes(length), { priority }),
    (connection, length, priority) => connection.sendPrepared(prepareText("y".repeat(length)), { priority }),
  ];
  const closes: Readonly<Record<string, (connection: Connection) => void>> = {
    "the peer's Close": (connection) => void connection.receive(closing(connection, 1000)),
    "a failure": (connection) => void deliver(connection, { opcode: "close", payload: closePayload(1005) }),
    "a Close that overtakes": (connection) => connection.sendClose(1000, "", { afterMessages: false }),
    "a Close that waits": (connection) => connection.sendClose(1000),
  };
  const sizes = [0, 1, 125, 126, 4096, 4097, 65_536, 70_000, 1_200_000, 5];

  it.each(roles.flatMap((role) => Object.keys(closes).map((name) => [role, name] as const)))(
    "counts the payload dropped, for a %s and %s, whatever has left before [R19]",
    (role, name) => {
      for (const [index, budget] of [0, 1, 5_000, 100_000, 1_500_000].entries()) {
        const connection = open(role);
        let given = 0;
        for (const [at, size] of [...sizes, ...sizes].entries()) {
          sends[(at + index) % 3]?.(connection, size, at % 5 === 4 ? (at % 3) - 1 : 0);
          given += size;
        }
        let left = payloadOf(sent(connection, budget));
        expect(connection.droppedLength).toBe(0);
        closes[name]?.(connection);
        left += payloadOf(sent(connection));
        expect(connection.outputLength).toBe(0);
        expect(connection.droppedLength).toBe(given - left);
        expect(connection.droppedLength > 0).toBe(name !== "a Close that waits");
      }
    },
  );

  it("counts the part of a streamed message that was cut off [R19]", () => {
    for (const begun of [true, false]) {
      const connection = serverWith();
      if (!begun) connection.sendBinary(patternBytes(1000));
      const stream = connection.startMessage("binary");
      stream.write(patternBytes(10));
      if (begun) sent(connection);
      stream.write(patternBytes(30));
      connection.sendClose(1000);
      const left = payloadOf(sent(connection));
      expect(left).toBe(begun ? 30 : 1000);
      expect(connection.droppedLength).toBe(begun ? 0 : 40);
    }
    const answering = serverWith();
    const stream = answering.startMessage("binary");
    stream.write(patternBytes(10));
    deliver(answering, { opcode: "close" });
    sent(answering);
    expect(answering.droppedLength).toBe(10);
  });

  it.each(["the peer's Close", "a failure", "fail"])(
    "counts what is written to a streamed message after %s, and nothing of it is pending [R19]",
    (name) => {
      const close = closes[name] ?? ((connection: Connection) => connection.fail(1011));
      for (const begun of [true, false]) {
        for (const before of [0, 10]) {
          const connection = serverWith();
          if (!begun) connection.sendBinary(patternBytes(1000));
          const stream = connection.startMessage("binary");
          let given = begun ? 1 : 1000;
          if (begun) stream.write(patternBytes(1));
          let left = begun ? payloadOf(sent(connection)) : 0;
          if (before > 0) stream.write(patternBytes(before));
          close(connection);
          stream.write(patternBytes(500));
          stream.end();
          given += before + 500;
          left += payloadOf(sent(connection));
          expect(connection.droppedLength).toBe(given - left);
          expect(connection.outputLength).toBe(0);
        }
      }
    },
  );

  it("is zero when everything has left, and before there is a connection [R19]", () => {
    const connection = serverWith();
    connection.sendText("answer");
    deliver(connection, { opcode: "close" });
    sent(connection);
    expect([connection.droppedLength, Endpoint.server().droppedLength]).toEqual([0, 0]);
  });
});

/** Bytes of payload of the data frames. */
function payloadOf(frames: ReturnType<typeof sent>): number {
  return frames.reduce((sum, { opcode, payload }) => (opcode < 8 ? sum + payload.length : sum), 0);
}
