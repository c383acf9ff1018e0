/** Data that is sent and never leaves counts in `bufferedAmount` forever (WHATWG WebSockets §3.1). */
import { Connection, plainAgreement, prepareText } from "@hybi/core";
import { encodeFrame } from "@hybi/core/frame";
import { describe, expect, it } from "vitest";
import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair, type PairedTransport } from "../../src/transport/pair.ts";
import { TestClock, turn, until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

/** A client, and a peer that counts payload bytes and reads only when the test lets it. */
async function withPeer() {
  const [near, far] = createTransportPair();
  const connect = () => ({ transport: near, agreement: plainAgreement("client") });
  const Socket = createWebSocketClass(connect, { runtime: { clock: new TestClock() } });
  const client = new Socket("ws://example.com/");
  await until(() => client.readyState === 1);
  let received = 0;
  const peer = new Connection(plainAgreement("server"), { delivery: "pieces" });
  const read = (): void => {
    far.start({
      data(chunk) {
        for (const event of peer.receive(chunk)) if (event.type === "piece") received += event.data.length;
      },
      drain() {},
      end: () => far.end(),
      error() {},
      close() {},
    });
  };
  return { client, far, read, received: () => received };
}

const sends: Readonly<Record<string, (socket: WebSocket, length: number) => void>> = {
  texts: (socket, length) => socket.send("x".repeat(length)),
  bytes: (socket, length) => socket.send(new Uint8Array(length)),
  "prepared messages": (socket, length) => socket.sendPrepared(prepareText("é".repeat(length / 2))),
};

describe("data dropped in favor of a Close frame,", () => {
  const closes: Readonly<Record<string, (far: PairedTransport) => void>> = {
    "the peer's": (far) => far.write([encodeFrame({ opcode: 0x8, payload: Uint8Array.of(0x03, 0xe8) })]),
    "one for a violation": (far) => far.write([encodeFrame({ opcode: 0x3 })]),
  };
  const cases = Object.keys(closes).flatMap((close) => Object.keys(sends).map((what) => [close, what] as const));

  it.each(cases)("%s, counts as buffered to the byte, for %s [R19]", async (close, what) => {
    for (const lengths of [
      [10_000_000, 1_000_000, 4],
      [600_000, 600_000, 600_000, 600_000],
      [4, 100_000, 1_000, 2_000_000, 200],
    ]) {
      const { client, far, read, received } = await withPeer();
      const events = story(client);
      let sent = 0;
      for (const length of lengths) {
        sends[what]?.(client, length);
        sent += length;
      }
      await turn();
      expect(client.bufferedAmount).toBe(sent);
      closes[close]?.(far);
      read();
      await until(() => client.readyState >= 2);
      client.send("late");
      sent += 4;
      await until(() => client.statistics.bufferedLength === 0);
      expect(client.bufferedAmount).toBe(sent - received());
      expect(client.bufferedAmount).toBeGreaterThan(1_000);
      far.end();
      await until(() => events.some((line) => line.startsWith("close")));
      expect(client.bufferedAmount).toBe(sent - received());
    }
  });

  it("counts as buffered together with what waits for a Blob, which is dropped as well [R19]", async () => {
    const { client, far, read, received } = await withPeer();
    const events = story(client);
    class Slow extends Blob {
      override arrayBuffer(): Promise<ArrayBuffer> {
        return new Promise(() => {});
      }
    }
    client.send(new Uint8Array(2_000_000));
    client.send(new Slow(["12345"]));
    client.send("behind");
    await turn();
    closes["the peer's"]?.(far);
    read();
    far.end();
    await until(() => events.length === 1);
    expect(client.bufferedAmount).toBe(2_000_011 - received());
  });
});

describe("data left when the transport is gone", () => {
  const ends: Readonly<Record<string, (world: World, client: WebSocket) => void>> = {
    "terminate()": (_, client) => client.terminate(),
    "the loss of the transport": (world) => world.near[0]?.lose(new Error("cable cut")),
    "a Close frame that never left": async (world, client) => {
      client.close(1000);
      await world.clock.advance(10_000);
    },
  };

  it.each(Object.keys(ends))("counts as buffered, after %s [R19]", async (name) => {
    const world = new World();
    const { client, server } = await world.connected();
    const events = story(client);
    server.pause();
    await turn();
    client.send(new Uint8Array(3_000_000));
    client.send("xyz");
    await turn();
    const before = client.bufferedAmount;
    expect(before).toBeGreaterThan(2_000_000);
    ends[name]?.(world, client);
    await until(() => events.some((line) => line.startsWith("close")));
    expect(client.bufferedAmount).toBe(before);
    client.send("more");
    expect(client.bufferedAmount).toBe(before + 4);
  });
});
