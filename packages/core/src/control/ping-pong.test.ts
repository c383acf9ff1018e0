import { hexBytes, outlineFrames, patternBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { countingSource } from "../../tests/support/connections.ts";
import { readFrames } from "../../tests/support/read-frames.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { RandomPool } from "../bytes/random-pool.ts";
import { PingPong } from "./ping-pong.ts";

function taken(pings: PingPong, room = Number.POSITIVE_INFINITY): string[] {
  const output = new ByteWriter();
  const length = pings.take(output, room);
  const chunks = output.take();
  expect(chunks.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(length);
  return outlineFrames(readFrames(chunks));
}

describe.each([
  { role: "server", keys: undefined, header: 2 },
  { role: "client", keys: RandomPool.of(countingSource()), header: 6 },
])("the control frames of a $role", ({ keys, header }) => {
  it("leave in order, replies to Pings last, and length counts their bytes", () => {
    const pings = new PingPong(keys);
    expect([pings.isEmpty, pings.length]).toEqual([true, 0]);
    pings.sendPing(utf8Bytes("a"));
    pings.receivePing(utf8Bytes("answer"));
    pings.sendPong(utf8Bytes("bc"));
    expect([pings.isEmpty, pings.length]).toEqual([false, 3 * header + 9]);
    expect(taken(pings)).toEqual(["ping FIN 1", "pong FIN 2", "pong FIN 6"]);
    expect([pings.isEmpty, pings.length]).toEqual([true, 0]);
    expect(taken(pings)).toEqual([]);
  });

  it("leave while there is room, at least one if there is any, and each only once", () => {
    const pings = new PingPong(keys);
    for (const length of [0, 1, 2]) pings.sendPing(patternBytes(length));
    pings.receivePing(utf8Bytes("answer"));
    expect(taken(pings, 0)).toEqual([]);
    expect(taken(pings, 1)).toEqual(["ping FIN 0"]);
    expect(pings.pingsTaken).toBe(1);
    expect(taken(pings, header + 2)).toEqual(["ping FIN 1", "ping FIN 2"]);
    expect([pings.isEmpty, pings.length]).toEqual([false, header + 6]);
    expect(taken(pings, 1)).toEqual(["pong FIN 6"]);
    expect([pings.isEmpty, pings.length, pings.pingsTaken]).toEqual([true, 0, 3]);
  });

  it("leave without a writer, in an array of their length, if a server sends one alone", () => {
    const pings = new PingPong(keys);
    expect(pings.takeOnly()).toBe(undefined);
    for (const send of [() => pings.sendPing(utf8Bytes("ab")), () => pings.receivePing(utf8Bytes("abc"))]) {
      send();
      const { length } = pings;
      const only = pings.takeOnly();
      if (keys === undefined) {
        expect([only?.length, only?.buffer.byteLength]).toEqual([length, length]);
        expect([pings.length, pings.isEmpty]).toEqual([0, true]);
      } else {
        expect(only).toBe(undefined);
        expect(taken(pings)).toHaveLength(1);
      }
    }
    expect(pings.pingsTaken).toBe(1);
    pings.sendPing(utf8Bytes("a"));
    pings.sendPong(utf8Bytes("b"));
    expect(pings.takeOnly()).toBe(undefined);
    expect(taken(pings)).toEqual(["ping FIN 1", "pong FIN 1"]);
  });

  it("count the Pings that were taken, but no Pongs", () => {
    const pings = new PingPong(keys);
    pings.sendPong(utf8Bytes("unasked"));
    pings.sendPing(utf8Bytes("1"));
    pings.receivePing(utf8Bytes("answer"));
    pings.sendPing(utf8Bytes("2"));
    expect(pings.pingsTaken).toBe(0);
    taken(pings);
    expect(pings.pingsTaken).toBe(2);
  });

  it("reply to each Ping of the peer in order, and to the most recent 16 if there are more [X20] [X21]", () => {
    const pings = new PingPong(keys);
    for (let length = 1; length <= 16; length++) pings.receivePing(patternBytes(length));
    expect(pings.length).toBe(16 * header + 136);
    pings.receivePing(patternBytes(17));
    expect(pings.length).toBe(16 * header + 136 + 16);
    const expected = Array.from({ length: 16 }, (_, index) => `pong FIN ${index + 2}`);
    expect(taken(pings, header + 2)).toEqual(expected.slice(0, 1));
    expect(taken(pings)).toEqual(expected.slice(1));
    expect([pings.isEmpty, pings.length]).toEqual([true, 0]);
  });

  it("drop the replies on demand, and nothing else [X20]", () => {
    const pings = new PingPong(keys);
    pings.dropReplies();
    pings.receivePing(utf8Bytes("first"));
    pings.sendPong(utf8Bytes("mine"));
    pings.receivePing(utf8Bytes("2"));
    pings.dropReplies();
    expect([pings.isEmpty, pings.length]).toEqual([false, header + 4]);
    pings.receivePing(utf8Bytes("3rd"));
    expect(taken(pings)).toEqual(["pong FIN 4", "pong FIN 3"]);
    expect([pings.isEmpty, pings.length]).toEqual([true, 0]);
  });

  it("are dropped all at once, without counting as taken", () => {
    const pings = new PingPong(keys);
    pings.sendPing(utf8Bytes("1"));
    pings.receivePing(utf8Bytes("answer"));
    pings.drop();
    expect([pings.isEmpty, pings.length, pings.pingsTaken]).toEqual([true, 0, 0]);
    pings.sendPing(utf8Bytes("2"));
    expect(taken(pings)).toEqual(["ping FIN 1"]);
    pings.receivePong(utf8Bytes("2"));
    expect([pings.pingsTaken, pings.pingsAnswered]).toEqual([1, 1]);
  });

  it("copy the application's payload [F12]", () => {
    const pings = new PingPong(keys);
    const payload = utf8Bytes("before");
    pings.sendPing(payload);
    payload.fill(0);
    const output = new ByteWriter();
    pings.take(output, 100);
    expect(readFrames(output.take())).toMatchObject([{ payload: utf8Bytes("before") }]);
  });
});

describe("the replies to our Pings", () => {
  /** Sends a keepalive Ping and returns its payload. */
  function keepalive(pings: PingPong): Uint8Array {
    pings.sendKeepalive();
    const output = new ByteWriter();
    pings.take(output, Number.POSITIVE_INFINITY);
    return readFrames(output.take()).at(-1)!.payload;
  }

  it("are awaited once the last keepalive Ping was taken, each of which has its number [X23]", () => {
    const pings = new PingPong(undefined);
    expect(pings.awaitsPong).toBe(false);
    pings.sendPing(utf8Bytes("mine"));
    pings.sendKeepalive();
    taken(pings, 1);
    expect(pings.awaitsPong).toBe(false);
    const output = new ByteWriter();
    pings.take(output, 1);
    expect(readFrames(output.take())).toMatchObject([{ payload: hexBytes("6862 00000001") }]);
    expect(pings.awaitsPong).toBe(true);
    pings.sendKeepalive();
    expect(pings.awaitsPong).toBe(false);
    taken(pings);
    expect(pings.awaitsPong).toBe(true);
  });

  it("acknowledge their own keepalive Ping and all earlier ones, and never go back [X23]", () => {
    const pings = new PingPong(undefined);
    const payloads = [1, 2, 3].map(() => keepalive(pings));
    pings.receivePong(payloads[0]!);
    expect(pings.awaitsPong).toBe(true);
    pings.receivePong(payloads[2]!);
    expect(pings.awaitsPong).toBe(false);
    pings.receivePong(payloads[1]!);
    expect(pings.awaitsPong).toBe(false);
  });

  it.each([
    "",
    "6862",
    "6862 00000002",
    "6862 ffffffff",
    "6862 00000000",
    "6962 00000001",
    "6863 00000001",
    "6862 0000000100",
  ])("acknowledge nothing with payload %s, which no keepalive Ping had [X22]", (hex) => {
    const pings = new PingPong(undefined);
    keepalive(pings);
    pings.receivePong(hexBytes(hex));
    expect(pings.awaitsPong).toBe(true);
  });

  it("answer the latest Ping of either kind, once that was taken", () => {
    const pings = new PingPong(undefined);
    const payload = hexBytes("6162");
    pings.sendPing(payload);
    payload[0] = 0;
    pings.receivePong(hexBytes("6162"));
    taken(pings);
    pings.receivePong(hexBytes("6163"));
    pings.receivePong(hexBytes("616263"));
    expect(pings.pingsAnswered).toBe(0);
    pings.receivePong(hexBytes("6162"));
    expect(pings.pingsAnswered).toBe(1);
    const own = keepalive(pings);
    pings.receivePong(hexBytes("6162"));
    expect(pings.pingsAnswered).toBe(1);
    pings.receivePong(own);
    expect([pings.pingsAnswered, pings.awaitsPong]).toEqual([2, false]);
  });
});
