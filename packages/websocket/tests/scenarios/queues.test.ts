/** Queues are limited in number as well as in bytes, and emptying one takes time linear in its length. */

import { prepareText } from "@hybi/core";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { silentSink } from "../support/by-hand.ts";
import { turn, until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";
import { elementsMoved } from "../support/moved.ts";

const many = 8_000;

/** A Blob whose reading finishes when `read` is called. */
class SlowBlob extends Blob {
  read: () => void = () => {};

  override arrayBuffer(): Promise<ArrayBuffer> {
    return new Promise((resolve) => {
      this.read = () => resolve(new ArrayBuffer(this.size));
    });
  }
}

describe("a slow loop", () => {
  const floods: readonly (readonly [string, (socket: WebSocket) => void, "blob" | "arraybuffer"])[] = [
    ["texts", (socket) => socket.send(""), "arraybuffer"],
    ["binary messages", (socket) => socket.send(new Uint8Array(0)), "arraybuffer"],
    ["Blobs", (socket) => socket.send(new Uint8Array(0)), "blob"],
  ];

  it.each(floods)(
    "stops a peer that sends any number of empty %s, and gets all of them [R11]",
    async (_, send, type) => {
      // 600 messages at a time.
      const { client, server } = await new World().connected({ runtime: { writeBudget: 3_600 } });
      server.binaryType = type;
      const loop = server[Symbol.asyncIterator]();
      for (let count = 0; count < many; count++) send(client);
      await turn();
      const { messagesReceived } = server.statistics;
      expect(messagesReceived).toBeGreaterThan(500);
      expect(messagesReceived).toBeLessThan(2_500);
      // Reading does not resume after one message, but when half of them are taken.
      await loop.next();
      await turn();
      expect(server.statistics.messagesReceived).toBe(messagesReceived);
      for (let count = 1; count < many; count++) expect((await loop.next()).done).toBe(false);
      expect(server.statistics.messagesReceived).toBe(many);
    },
  );
});

describe("loops of one socket", () => {
  it("can be left in linear time, whatever they wait for [R12]", async () => {
    const cost = async (count: number): Promise<number> => {
      const { client, server } = await new World().connected();
      const loops = Array.from({ length: count }, () => server[Symbol.asyncIterator]());
      const next = loops.map((loop) => loop.next());
      const moved = await elementsMoved(async () => {
        for (const loop of loops.slice(1)) await loop.return?.();
      });
      client.send("for the one that stays");
      expect(await next[0]).toEqual({ done: false, value: "for the one that stays" });
      expect((await Promise.all(next.slice(1))).every(({ done }) => done)).toBe(true);
      return moved;
    };
    expect(await cost(4_000)).toBeLessThan(12 * 4_000);
  });

  it("that wait several times get the error of a lost connection once each [R12]", async () => {
    const { client, server } = await new World().connected();
    const loop = () => server[Symbol.asyncIterator]();
    const [one, other, left] = [loop(), loop(), loop()];
    const waits = [one, one, other, left, other].map((loop) => loop.next().catch((error: Error) => error.name));
    await left.return?.();
    client.terminate();
    const done = { done: true, value: undefined };
    expect(await Promise.all(waits)).toEqual(["WebSocketError", done, "WebSocketError", done, done]);
  });
});

describe("data queued behind a Blob that is being read", () => {
  const sends: readonly (readonly [string, (socket: WebSocket, length: number) => void])[] = [
    ["texts", (socket, length) => socket.send("x".repeat(length))],
    ["bytes", (socket, length) => socket.send(new Uint8Array(length))],
    ["Blobs", (socket, length) => socket.send(new Blob(["x".repeat(length)]))],
    ["prepared messages", (socket, length) => socket.sendPrepared(prepareText("x".repeat(length)))],
  ];

  it.each(sends)("is limited like output, for %s, and counts as buffered [R11]", async (_, send) => {
    const { client } = await new World().connected({ limits: { queuedOutput: 1_000 } });
    const events = story(client);
    client.send(new SlowBlob(["x".repeat(300)]));
    for (let count = 0; count < 3; count++) send(client, 300);
    expect([client.readyState, client.bufferedAmount]).toEqual([1, 1_200]);
    send(client, 300);
    expect([client.readyState, client.bufferedAmount]).toEqual([2, 1_500]);
    await until(() => events.length === 2);
    expect(events).toEqual([expect.stringMatching(/^error 3 The output queue is full/), "close 3 1006 unclean"]);
    expect(client.bufferedAmount).toBe(1_500);
  });

  it.each(sends)("is limited for any number of empty %s [R11]", async (_, send) => {
    const { client } = await new World().connected({ limits: { queuedOutput: 1_000 } });
    client.send(new SlowBlob(["x"]));
    for (let count = 0; count < many; count++) send(client, 0);
    expect(client.readyState).toBe(2);
  });

  it("is limited together with what is queued in the endpoint [R11]", async () => {
    const { client, server } = await new World().connected({ limits: { queuedOutput: 1_000_000 } });
    server.pause();
    await turn();
    client.send(new Uint8Array(1_200_000));
    client.send(new SlowBlob(["x"]));
    expect(client.readyState).toBe(2);
  });

  it("does not prevent the closing handshake from starting, however much there is [R11]", async () => {
    const { client, server } = await new World().connected({ limits: { queuedOutput: 10 } });
    const events = story(client);
    const blob = new SlowBlob(["x".repeat(20)]);
    client.send(blob);
    client.close(1000);
    blob.read();
    await until(() => events.length === 1);
    expect(events).toEqual(["close 3 1000 clean"]);
    expect(server.statistics.messagesReceived).toBe(1);
  });

  it("makes room again once the Blob has been read [R11]", async () => {
    const { client, server } = await new World().connected({ limits: { queuedOutput: 1_000 } });
    for (let count = 0; count < 5; count++) {
      const blob = new SlowBlob(["x".repeat(800)]);
      client.send(blob);
      client.send("y".repeat(100));
      blob.read();
      await until(() => client.bufferedAmount === 0);
    }
    await until(() => server.statistics.messagesReceived === 10);
  });
});

describe("emptying a queue of n moves not many more than n elements:", () => {
  const expectLinear = async (action: () => Promise<unknown>): Promise<void> => {
    expect(await elementsMoved(action)).toBeLessThan(30 * many);
  };

  it("messages queued for a loop [R12]", async () => {
    const { client, server } = await new World().connected();
    const messages = server[Symbol.asyncIterator]();
    for (let count = 0; count < many; count++) client.send("");
    await until(() => server.statistics.messagesReceived === many);
    await expectLinear(async () => {
      for (let count = 0; count < many; count++) await messages.next();
    });
  });

  it("calls that wait for messages, and then for the end [R12]", async () => {
    const { client, server } = await new World().connected();
    const messages = server[Symbol.asyncIterator]();
    const calls = Array.from({ length: 2 * many }, () => messages.next());
    await expectLinear(async () => {
      for (let count = 0; count < many; count++) client.send("x");
      await Promise.all(calls.slice(0, many));
      client.close();
      await Promise.all(calls);
    });
    expect((await calls[many - 1])?.value).toBe("x");
    expect((await calls[many])?.done).toBe(true);
  });

  it("messages sent behind a Blob [R12]", async () => {
    const { client, server } = await new World().connected();
    const blob = new SlowBlob(["x"]);
    client.send(blob);
    for (let count = 0; count < many; count++) client.send("y");
    await expectLinear(async () => {
      blob.read();
      await until(() => client.bufferedAmount === 0);
      await until(() => server.statistics.messagesReceived === many + 1);
    });
  });

  it("Blobs behind Blobs [R12]", async () => {
    const { client, server } = await new World().connected();
    for (let count = 0; count < many / 10; count++) client.send(new Blob(["x"]));
    expect(await elementsMoved(() => until(() => server.statistics.messagesReceived === many / 10))).toBeLessThan(
      10 * many,
    );
  });

  it("chunks delivered by an in-memory transport [R12]", async () => {
    const [near, far] = createTransportPair({ chunkSize: 1 });
    let received = 0;
    near.start(silentSink);
    near.write([new Uint8Array(many)]);
    near.end();
    await expectLinear(async () => {
      const data = ({ length }: Uint8Array): void => {
        received += length;
      };
      far.start({ data, drain() {}, end() {}, error() {}, close() {} });
      await until(() => received === many);
    });
  });
});
