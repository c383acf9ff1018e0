/** RFC 6455 §10.4: limits on received data, and the cost of receiving. */
import {
  concatBytes,
  cutEvery,
  frameFrom,
  patternBytes,
  peerRole,
  roles,
  sameBytes,
  utf8Bytes,
  type WrittenFrame,
} from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import type { Connection } from "../../src/connection.ts";
import type { ConnectionEvent } from "../../src/events.ts";
import { deliver, expectFailure, open, serverWith } from "../support/connections.ts";

/** `payload` as one message in fragments that end at each index of `ends`. */
function fragments(kind: "text" | "binary", payload: Uint8Array, ends: readonly number[]): WrittenFrame[] {
  const bounds = [0, ...ends, payload.length];
  return bounds.slice(1).map((end, index) => ({
    opcode: index === 0 ? kind : "continuation",
    payload: payload.slice(bounds[index], end),
    final: index === ends.length,
  }));
}

function receiveAll(connection: Connection, chunks: readonly Uint8Array[]): ConnectionEvent[] {
  return chunks.flatMap((chunk) => connection.receive(chunk));
}

describe.each(roles)("limits on what a %s receives", (role) => {
  it("a message of exactly limits.message bytes arrives; one byte more fails with 1009 by its header [X19]", () => {
    const limits = { message: 1000 };
    expect(deliver(open(role, { limits }), { opcode: "binary", payload: patternBytes(1000) })).toHaveLength(1);
    const connection = open(role, { limits });
    const headerOnly = frameFrom(peerRole(role), { opcode: "binary", payload: patternBytes(1001) }).slice(
      0,
      role === "server" ? 8 : 4,
    );
    expectFailure(connection, headerOnly, {
      code: "message/too-big",
      section: "RFC 6455 §10.4",
      statusCode: 1009,
      offset: 0,
    });
  });

  it("4 MiB in fragments of 64 bytes, and an empty last one, are within the default limits [F16] [X19]", () => {
    const fragment = (opcode: "binary" | "continuation", length: number, final: boolean): Uint8Array =>
      frameFrom(peerRole(role), { opcode, payload: patternBytes(length), final });
    const middle = fragment("continuation", 64, false);
    const wire = [fragment("binary", 64, false), ...Array<Uint8Array>(65_535).fill(middle)];
    const [event] = open(role).receive(concatBytes([...wire, fragment("continuation", 0, true)]));
    expect(event?.type === "binary" && event.data.length).toBe(4_194_304);
  });

  it("the fragments of a message are counted together, and the fragment that exceeds the limit fails it [X19]", () => {
    const connection = open(role, { limits: { message: 5 } });
    deliver(connection, { opcode: "text", payload: "abc", final: false });
    deliver(connection, { opcode: "continuation", payload: "de", final: false });
    const offset = connection.statistics.bytesReceived;
    expectFailure(connection, frameFrom(peerRole(role), { opcode: "continuation", payload: "f" }), {
      code: "message/too-big",
      statusCode: 1009,
      offset,
    });
  });

  it("limits.message restarts with each message, and also applies with delivery: fragments [X19]", () => {
    const connection = open(role, { limits: { message: 3 }, delivery: "pieces" });
    for (let round = 0; round < 3; round++) deliver(connection, ...fragments("text", utf8Bytes("abc"), [2]));
    deliver(connection, { opcode: "text", payload: "abc", final: false });
    const offset = connection.statistics.bytesReceived;
    expectFailure(connection, frameFrom(peerRole(role), { opcode: "continuation", payload: "d" }), {
      code: "message/too-big",
      statusCode: 1009,
      offset,
    });
  });

  it("limits.frame applies to each data frame, but not to control frames [X19]", () => {
    const connection = open(role, { limits: { frame: 3 } });
    expect(deliver(connection, ...fragments("text", utf8Bytes("abcdef"), [3]))).toEqual([
      { type: "text", data: "abcdef" },
    ]);
    expect(deliver(connection, { opcode: "ping", payload: "four" })).toHaveLength(1);
    const offset = connection.statistics.bytesReceived;
    expectFailure(connection, frameFrom(peerRole(role), { opcode: "text", payload: "abcd" }), {
      code: "frame/too-big",
      statusCode: 1009,
      offset,
    });
  });
});

describe("the cost of small pieces", () => {
  it("a message in one-byte chunks is assembled into an array not much larger than it [F25]", () => {
    const payload = patternBytes(10_000);
    const server = serverWith();
    const events = receiveAll(server, cutEvery(frameFrom("client", { opcode: "binary", payload }), 1));
    expect(events).toHaveLength(1);
    const data = events[0]?.type === "binary" ? events[0].data : new Uint8Array(0);
    expect(sameBytes(data, payload)).toBe(true);
    expect(data.buffer.byteLength).toBeLessThanOrEqual(2 * payload.length);
  });

  it("ten times as many one-byte chunks cost about ten times as much, not a hundred times [F25]", () => {
    // Counts bytes copied as ranges instead of time; growing by copying would show in it.
    const copied = (length: number): number => {
      const set = Uint8Array.prototype.set;
      let count = 0;
      Uint8Array.prototype.set = function (source: ArrayLike<number>, offset?: number) {
        count += source.length;
        set.call(this, source, offset);
      };
      try {
        const server = serverWith();
        const chunks = cutEvery(frameFrom("client", { opcode: "binary", payload: patternBytes(length) }), 1);
        expect(receiveAll(server, chunks)).toHaveLength(1);
      } finally {
        Reflect.deleteProperty(Uint8Array.prototype, "set");
      }
      return count;
    };
    expect(copied(100_000)).toBeLessThanOrEqual(2 * 100_000);
    expect(copied(10_000)).toBeLessThanOrEqual(2 * 10_000);
  });

  it("a small message does not keep its chunk alive, because its bytes are copied [F25]", () => {
    const chunk = concatBytes([
      frameFrom("client", { opcode: "binary", payload: "small" }),
      frameFrom("client", { opcode: "binary", payload: patternBytes(60_000) }),
    ]);
    const [small, large] = serverWith().receive(chunk);
    expect(small?.type === "binary" && small.data.buffer.byteLength).toBe(5);
    // A large message references the chunk, without a copy.
    expect(large?.type === "binary" && large.data.buffer === chunk.buffer).toBe(true);
  });
});
