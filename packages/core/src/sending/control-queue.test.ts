import { outlineFrames, patternBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { countingSource } from "../../tests/support/connections.ts";
import { readFrames } from "../../tests/support/read-frames.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { RandomPool } from "../bytes/random-pool.ts";
import { ControlQueue } from "./control-queue.ts";

function taken(queue: ControlQueue, room = Number.POSITIVE_INFINITY): string[] {
  const output = new ByteWriter();
  const length = queue.take(output, room);
  const chunks = output.take();
  expect(chunks.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(length);
  return outlineFrames(readFrames(chunks));
}

describe.each([
  { role: "server", keys: undefined, header: 2 },
  { role: "client", keys: RandomPool.of(countingSource()), header: 6 },
])("the control frames of a $role", ({ keys, header }) => {
  it("leave in order, replies to Pings last, and length counts their bytes", () => {
    const queue = new ControlQueue(keys);
    expect([queue.isEmpty, queue.length]).toEqual([true, 0]);
    queue.ping(utf8Bytes("a"));
    queue.reply(utf8Bytes("answer"));
    queue.pong(utf8Bytes("bc"));
    expect([queue.isEmpty, queue.length]).toEqual([false, 3 * header + 9]);
    expect(taken(queue)).toEqual(["ping FIN 1", "pong FIN 2", "pong FIN 6"]);
    expect([queue.isEmpty, queue.length]).toEqual([true, 0]);
    expect(taken(queue)).toEqual([]);
  });

  it("leave while there is room, at least one if there is any, and each only once", () => {
    const queue = new ControlQueue(keys);
    for (const length of [0, 1, 2]) queue.ping(patternBytes(length));
    queue.reply(utf8Bytes("answer"));
    expect(taken(queue, 0)).toEqual([]);
    expect(taken(queue, 1)).toEqual(["ping FIN 0"]);
    expect([queue.pingsQueued, queue.pingsTaken]).toEqual([3, 1]);
    expect(taken(queue, header + 2)).toEqual(["ping FIN 1", "ping FIN 2"]);
    expect([queue.isEmpty, queue.length]).toEqual([false, header + 6]);
    expect(taken(queue, 1)).toEqual(["pong FIN 6"]);
    expect([queue.isEmpty, queue.length, queue.pingsTaken]).toEqual([true, 0, 3]);
  });

  it("count the Pings that were queued and taken, but no Pongs", () => {
    const queue = new ControlQueue(keys);
    queue.pong(utf8Bytes("unasked"));
    queue.ping(utf8Bytes("1"));
    queue.reply(utf8Bytes("answer"));
    queue.ping(utf8Bytes("2"));
    expect([queue.pingsQueued, queue.pingsTaken]).toEqual([2, 0]);
    taken(queue);
    expect([queue.pingsQueued, queue.pingsTaken]).toEqual([2, 2]);
  });

  it("reply to each Ping of the peer in order, and to the most recent 16 if there are more [X20] [X21]", () => {
    const queue = new ControlQueue(keys);
    for (let length = 1; length <= 16; length++) queue.reply(patternBytes(length));
    expect(queue.length).toBe(16 * header + 136);
    queue.reply(patternBytes(17));
    expect(queue.length).toBe(16 * header + 136 + 16);
    const expected = Array.from({ length: 16 }, (_, index) => `pong FIN ${index + 2}`);
    expect(taken(queue, header + 2)).toEqual(expected.slice(0, 1));
    expect(taken(queue)).toEqual(expected.slice(1));
    expect([queue.isEmpty, queue.length]).toEqual([true, 0]);
  });

  it("drop the replies on demand, and nothing else [X20]", () => {
    const queue = new ControlQueue(keys);
    queue.dropReplies();
    queue.reply(utf8Bytes("first"));
    queue.pong(utf8Bytes("mine"));
    queue.reply(utf8Bytes("2"));
    queue.dropReplies();
    expect([queue.isEmpty, queue.length]).toEqual([false, header + 4]);
    queue.reply(utf8Bytes("3rd"));
    expect(taken(queue)).toEqual(["pong FIN 4", "pong FIN 3"]);
    expect([queue.isEmpty, queue.length]).toEqual([true, 0]);
  });

  it("copy the application's payload [F12]", () => {
    const queue = new ControlQueue(keys);
    const payload = utf8Bytes("before");
    queue.ping(payload);
    payload.fill(0);
    const output = new ByteWriter();
    queue.take(output, 100);
    expect(readFrames(output.take())).toMatchObject([{ payload: utf8Bytes("before") }]);
  });
});
