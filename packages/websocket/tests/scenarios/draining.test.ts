/** Servers that stop accepting, and that close their connections one after another. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { whenOpen } from "../../src/client/when-open.ts";
import { GradualClose } from "../../src/server/gradual-close.ts";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import { createListeningServer } from "../../src/server/listening.ts";
import type { DrainOptions } from "../../src/server/server.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { HandClient } from "../support/by-hand.ts";
import { TestClock, turn, until } from "../support/clock.ts";
import { clientRequest } from "../support/http.ts";
import { World } from "../support/link.ts";

const never = Number.POSITIVE_INFINITY;
const quiet = { ping: never };

/** A server and open clients, each 10 ms older than the next. */
async function crowd(size: number): Promise<{ world: World; clients: WebSocket[]; codes: string[] }> {
  const world = new World({ server: { deadlines: quiet } });
  const clients: WebSocket[] = [];
  const codes: string[] = [];
  for (let count = 0; count < size; count++) {
    const { client } = await world.connected({ deadlines: quiet });
    client.onclose = ({ code, reason }) => codes.push(`${count} ${code} ${reason}`.trim());
    clients.push(client);
    await world.clock.advance(10);
  }
  return { world, clients, codes };
}

async function statusOfNew(world: World): Promise<number | undefined> {
  const error = await whenOpen(new world.WebSocket("ws://example.com/")).catch((reason: unknown) => reason);
  const { failure } = error as { failure?: { response?: { status: number } } };
  return failure?.response?.status;
}

describe("a server that stops accepting", () => {
  it("rejects new openings with 503, and keeps its connections", async () => {
    const { world, clients } = await crowd(2);
    world.server.stopAccepting();
    world.server.stopAccepting();
    expect(await statusOfNew(world)).toBe(503);
    const upgrade = new HandClient();
    world.server.receiveUpgrade(upgrade.far, { method: "GET", target: "/", minorVersion: 1, fields: [] });
    await until(() => upgrade.isClosed);
    expect(upgrade.text).toMatch(/^HTTP\/1\.1 503 /);
    expect(world.server.admit(() => {})).toBeUndefined();
    const heard: unknown[] = [];
    world.accepted[1]?.addEventListener("message", ({ data }) => heard.push(data));
    clients[1]?.send("still here");
    await turn();
    expect([heard, world.server.sockets.size]).toEqual([["still here"], 2]);
    await world.server.close();
    expect(world.server.connections).toBe(0);
  });

  it("finishes the openings that have begun: before their request, and before their answer", async () => {
    const asked: IncomingOpening[] = [];
    const world = new World({ handler: (opening) => new Promise(() => asked.push(opening)) });
    const waiting = new world.WebSocket("ws://example.com/");
    await until(() => asked.length === 1);
    const [early] = [new HandClient()];
    world.server.receive(early.far);
    world.server.stopAccepting();
    early.near.write([clientRequest("/")]);
    await until(() => asked.length === 2);
    for (const opening of asked) opening.accept();
    await whenOpen(waiting);
    expect(world.server.sockets.size).toBe(2);
  });
});

describe("a server that is drained", () => {
  it("closes a share of its connections a second with 1012, the oldest first, one timer at a time", async () => {
    const { world, codes } = await crowd(4);
    let isOver = false;
    const drained = world.server.drain({ share: 0.5, reason: "a new version" }).then(() => (isOver = true));
    await turn();
    const line = (at: number): string => `${at} 1012 a new version`;
    expect(codes).toEqual([line(0)]);
    expect(await statusOfNew(world)).toBe(503);
    await world.clock.advance(499);
    expect(codes).toEqual([line(0)]);
    await world.clock.advance(1);
    expect(codes).toEqual([line(0), line(1)]);
    await world.clock.advance(500);
    expect([codes.length, isOver]).toEqual([3, false]);
    await world.clock.advance(500);
    expect(codes).toEqual([0, 1, 2, 3].map(line));
    await drained;
    expect([world.server.connections, world.clock.due]).toEqual([0, []]);
  });

  it.each<[DrainOptions, number]>([
    [{}, 9_000],
    [{ perSecond: 4 }, 2_250],
    [{ perSecond: 1_000 }, 0],
    [{ perSecond: never }, 0],
    [{ share: 1 }, 900],
  ])("with %j has closed ten connections after %i ms", async (options, duration) => {
    const { world, codes } = await crowd(10);
    const drained = world.server.drain({ ...options, statusCode: 1001 });
    if (duration > 0) {
      await world.clock.advance(duration - 1);
      expect(codes).toHaveLength(9);
      await world.clock.advance(1);
    }
    await drained;
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => `${at} 1001`));
  });

  it("drops after its timeout what does not close, counted from the last Close frame", async () => {
    const world = new World({ server: { deadlines: { ...quiet, closing: never } } });
    const { client } = await world.connected({ deadlines: quiet });
    await world.connected({ deadlines: quiet });
    client.pause();
    await turn();
    let isOver = false;
    const drained = world.server.drain({ perSecond: 1, timeout: 300 }).then(() => (isOver = true));
    await world.clock.advance(1_299);
    expect([isOver, world.server.connections]).toEqual([false, 1]);
    await world.clock.advance(1);
    await drained;
    expect(world.clock.due).toEqual([]);
  });

  it("closes openings in progress last, and what they have become", async () => {
    const asked: IncomingOpening[] = [];
    const world: World = new World({
      server: { deadlines: { ...quiet, opening: never } },
      handler: (opening) => new Promise(() => asked.push(opening)),
    });
    const clients = ["a", "b"].map((host) => new world.WebSocket(`ws://${host}.example/`));
    await until(() => asked.length === 2);
    asked[0]?.accept();
    await until(() => clients[0]?.readyState === 1);
    const drained = world.server.drain({ perSecond: 1 });
    await turn();
    asked[1]?.accept();
    await drained;
    await until(() => clients.every(({ readyState }) => readyState === 3));
    expect(world.server.connections).toBe(0);
  });

  it("goes on at the pace of the latest call, and is ended by close, which resolves all of them", async () => {
    const { world, codes } = await crowd(6);
    const lines: string[] = [];
    void world.server.drain({ perSecond: 1 }).then(() => lines.push("first"));
    await turn();
    void world.server.drain({ perSecond: 2 }).then(() => lines.push("second"));
    await world.clock.advance(500);
    expect(codes).toHaveLength(3);
    void world.server.close({ reason: "now" }).then(() => lines.push("close"));
    await until(() => lines.length === 3);
    expect(codes.slice(3).sort()).toEqual(["3 1001 now", "4 1001 now", "5 1001 now"]);
    void world.server.drain({ perSecond: 1 }).then(() => lines.push("late"));
    await until(() => lines.length === 4);
    expect(world.clock.due).toEqual([]);
  });

  it("is over as soon as its connections have left by themselves, or if there are none", async () => {
    const { world, clients } = await crowd(3);
    const drained = world.server.drain({ perSecond: 0.001 });
    for (const client of clients) client.close();
    await drained;
    await world.server.drain();
    expect([world.server.connections, world.clock.due]).toEqual([0, []]);
  });

  it("changes nothing when an option is wrong", async () => {
    const { world, clients } = await crowd(1);
    for (const wrong of [
      { perSecond: 0 },
      { perSecond: -1 },
      { perSecond: 0.000_9 },
      { perSecond: Number.MIN_VALUE },
      { share: 0 },
      { share: 1.1 },
      { share: 0.5, perSecond: 1 },
      { timeout: -1 },
    ]) {
      await expect(world.server.drain(wrong)).rejects.toMatchObject({ code: "option/range" });
    }
    await expect(world.server.drain({ statusCode: 1000 as never })).rejects.toMatchObject({ code: "option/type" });
    await expect(world.server.drain({ pace: 1 } as never)).rejects.toMatchObject({ code: "option/unknown" });
    await expect(world.server.drain({ reason: "x".repeat(124) })).rejects.toMatchObject({
      code: "close/reason-too-long",
    });
    await world.connected();
    expect(clients[0]?.readyState).toBe(1);
  });

  it("may be closed with 1012 at once", async () => {
    const { world, codes } = await crowd(2);
    await world.server.close({ statusCode: 1012 });
    expect(codes.sort()).toEqual(["0 1012", "1 1012"]);
  });
});

describe("what listens", () => {
  it("stops once, for stopAccepting, drain and close together", async () => {
    const { world, codes } = await crowd(2);
    let stops = 0;
    const server = createListeningServer(world.server, false, { address: undefined, stop: () => void stops++ });
    await expect(server.drain({ share: 2 })).rejects.toMatchObject({ code: "option/range" });
    expect(stops).toBe(0);
    await server.stopAccepting();
    expect([stops, codes]).toEqual([1, []]);
    await server.drain({ perSecond: never });
    await server.close();
    expect([stops, codes]).toEqual([1, ["0 1012", "1 1012"]]);
  });

  it("rejects with what stopping throws", async () => {
    const world = new World();
    const broken = new Error("the socket is gone");
    const server = createListeningServer(world.server, false, {
      address: undefined,
      stop() {
        throw broken;
      },
    });
    await expect(server.stopAccepting()).rejects.toBe(broken);
    await expect(server.close()).rejects.toBe(broken);
  });
});

describe("closing gradually", () => {
  it("closes each once, in order, at most its pace and one step at once, and then is done [laws]", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(15), fc.double({ min: 0.5, max: 200, noNaN: true }), async (count, perSecond) => {
        const clock = new TestClock();
        const closed: { one: number; at: number }[] = [];
        let doneAt = -1;
        const all = Array.from({ length: count }, (_, index) => index);
        const gradual = new GradualClose(
          clock,
          all,
          perSecond,
          (one) => closed.push({ one, at: clock.now() }),
          () => (doneAt = clock.now()),
        );
        gradual.start();
        await clock.advance(100_000);
        expect(doneAt).toBe(closed.at(-1)?.at ?? 0);
        expect(closed.map(({ one }) => one)).toEqual(all);
        const step = Math.max(100, 1_000 / perSecond);
        for (const { one, at } of closed) {
          expect(one).toBeLessThanOrEqual(((at + step) * perSecond) / 1_000 + 1e-6);
          expect(one + 2).toBeGreaterThan((at * perSecond) / 1_000 - 1e-6);
        }
        expect(clock.due).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});
