/** A closed socket that the application keeps holds its outcome and counters, but no data that was queued or in progress. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { encodeFrame } from "@hybi/core/frame";
import { expect, it } from "vitest";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { turn, until } from "../support/clock.ts";
import { World, type WorldOptions } from "../support/link.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const megabyte = 1_000_000;

/** Returns the bytes of buffers that are alive after garbage collection. */
async function bytesHeld(): Promise<number> {
  for (let count = 0; count < 3; count++) {
    await turn();
    gc();
  }
  return process.memoryUsage().arrayBuffers;
}

/** Opens a client whose peer reads nothing, with 20 MB queued. */
async function stuck(options: WorldOptions = {}): Promise<{ world: World; client: WebSocket; server: WebSocket }> {
  const world = new World(options);
  const { client, server } = await world.connected();
  server.pause();
  await turn();
  for (let count = 0; count < 20; count++) client.send(new Uint8Array(megabyte), { owned: true });
  await turn();
  return { world, client, server };
}

/** Ways to end a connection, and what the application keeps of it. */
const ends: Readonly<Record<string, () => Promise<{ kept: unknown; closed: () => boolean; buffered?: () => number }>>> =
  {
    "after terminate()": async () => {
      const { world, client } = await stuck();
      client.terminate();
      return { kept: [world, client], closed: () => client.readyState === 3, buffered: () => client.bufferedAmount };
    },
    "after a lost transport": async () => {
      const { world, client } = await stuck();
      world.near[0]?.lose(new Error("cable cut"));
      return { kept: [world, client], closed: () => client.readyState === 3, buffered: () => client.bufferedAmount };
    },
    "after a Close frame that never left": async () => {
      const { world, client } = await stuck();
      client.close(1000);
      await world.clock.advance(20_000);
      return { kept: [world, client], closed: () => client.readyState === 3, buffered: () => client.bufferedAmount };
    },
    "after the peer's Close frame": async () => {
      const { world, client } = await stuck();
      world.far[0]?.write([encodeFrame({ opcode: 0x8, payload: Uint8Array.of(0x03, 0xe8) })]);
      await turn();
      await world.clock.advance(20_000);
      return { kept: [world, client], closed: () => client.readyState === 3, buffered: () => client.bufferedAmount };
    },
    "while a Blob was being read": async () => {
      class Slow extends Blob {
        override arrayBuffer(): Promise<ArrayBuffer> {
          return new Promise(() => {});
        }
      }
      const world = new World();
      const { client } = await world.connected();
      client.send(new Slow(["x"]));
      for (let count = 0; count < 20; count++) client.send(new Uint8Array(megabyte));
      client.terminate();
      return { kept: [world, client], closed: () => client.readyState === 3, buffered: () => client.bufferedAmount };
    },
    "when it was accepted and the application keeps its opening": async () => {
      const openings: IncomingOpening[] = [];
      const accepted: WebSocket[] = [];
      const world = new World({
        handler: (opening) => {
          openings.push(opening);
          accepted.push(opening.accept());
        },
      });
      const client = new world.WebSocket("ws://example.com/");
      await until(() => client.readyState === 1);
      client.pause();
      await turn();
      const [socket] = accepted as [WebSocket];
      for (let count = 0; count < 20; count++) socket.send(new Uint8Array(megabyte), { owned: true });
      await turn();
      socket.terminate();
      const kept = [world, openings, socket, client];
      return { kept, closed: () => socket.readyState === 3, buffered: () => socket.bufferedAmount };
    },
    "while a message was being received": async () => {
      const world = new World();
      const { client, server } = await world.connected();
      const maskingKey = 1;
      for (let count = 0; count < 12; count++) {
        const payload = new Uint8Array(megabyte);
        const opcode = count === 0 ? 0x2 : 0x0;
        world.near[0]?.write([encodeFrame({ opcode, payload, final: false, maskingKey })]);
        await turn();
      }
      world.near[0]?.lose(new Error("cable cut"));
      return { kept: [world, client, server], closed: () => server.readyState === 3 };
    },
    "of a stream": async () => {
      const world = new World();
      const stream = new world.WebSocketStream("ws://example.com/");
      const { writable } = await stream.opened;
      world.accepted[0]?.pause();
      await turn();
      const writer = writable.getWriter();
      const written = writer.write(new Uint8Array(20 * megabyte)).catch(() => {});
      await turn();
      let isClosed = false;
      world.near[0]?.lose(new Error("cable cut"));
      stream.closed.catch(() => {
        isClosed = true;
      });
      return { kept: [world, stream, written], closed: () => isClosed };
    },
  };

it.each(Object.keys(ends))("a closed socket keeps its counters but holds no pending data, %s [R15]", async (name) => {
  const before = await bytesHeld();
  const end = ends[name];
  if (end === undefined) throw new Error(name);
  const { kept, closed, buffered } = await end();
  await until(closed);
  const amount = buffered?.();
  const held = (await bytesHeld()) - before;
  expect(held).toBeLessThan(megabyte);
  if (buffered !== undefined) {
    expect(amount).toBeGreaterThan(15 * megabyte);
    expect(buffered()).toBe(amount);
  }
  expect(kept).toBeDefined();
});

it("the statistics of a closed socket are those at its end [R15]", async () => {
  const { world, client, server } = await stuck();
  client.ping();
  server.resume();
  await until(() => client.statistics.roundTripTime !== undefined);
  const { bytesTaken, messagesSent, roundTripTime, pingsTaken } = client.statistics;
  world.near[0]?.lose(new Error("cable cut"));
  await until(() => client.readyState === 3);
  expect(client.statistics).toMatchObject({ bytesTaken, messagesSent, roundTripTime, pingsTaken });
  expect(messagesSent).toBe(20);
  expect(client.agreement).toMatchObject({ role: "client" });
  expect([client.protocol, client.extensions, client.url]).toEqual(["", "", "ws://example.com/"]);
  client.close();
  client.terminate();
  client.pause();
  client.resume();
  client.ping();
  client.send("x");
});
