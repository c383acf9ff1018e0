/** Closing a server, more than once. */

import { describe, expect, it } from "vitest";
import { whenOpen } from "../../src/client/when-open.ts";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import { createListeningServer } from "../../src/server/listening.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { silentSink } from "../support/by-hand.ts";
import { TestClock, turn, until } from "../support/clock.ts";
import { clientRequest } from "../support/http.ts";
import { World } from "../support/link.ts";

/** Records in `lines` when `promise` resolves. */
function note(lines: string[], name: string, promise: Promise<void>): void {
  void promise.then(() => lines.push(name));
}

describe("a server that is closed several times", () => {
  it("resolves every call when its last connection has ended, and later calls at once [R04]", async () => {
    const world = new World();
    const { client } = await world.connected();
    client.pause();
    await turn();
    const lines: string[] = [];
    note(lines, "first", world.server.close());
    note(lines, "second", world.server.close({ timeout: 500 }));
    note(lines, "third", world.server.close());
    await turn();
    expect(lines).toEqual([]);
    client.resume();
    await until(() => lines.length === 3);
    expect(world.clock.due).toEqual([]);
    note(lines, "fourth", world.server.close({ timeout: 1 }));
    await turn();
    expect(lines).toEqual(["first", "second", "third", "fourth"]);
    expect(world.clock.due).toEqual([]);
  });

  it.each([
    { first: 5_000, second: 100, drop: 100 },
    { first: 100, second: 5_000, drop: 100 },
    { first: Number.POSITIVE_INFINITY, second: 300, drop: 300 },
    { first: undefined, second: 0, drop: 0 },
  ])(
    "aborts its connections after the shorter timeout of $first and $second ms [R04]",
    async ({ first, second, drop }) => {
      const world = new World({ server: { deadlines: { closing: Number.POSITIVE_INFINITY } } });
      const { client, server } = await world.connected({ deadlines: { ping: Number.POSITIVE_INFINITY } });
      client.pause();
      await turn();
      const lines: string[] = [];
      note(lines, "first", world.server.close({ timeout: first }));
      note(lines, "second", world.server.close({ timeout: second }));
      if (drop > 0) {
        await world.clock.advance(drop - 1);
        expect([lines, server.readyState]).toEqual([[], 2]);
      }
      await world.clock.advance(1);
      await until(() => lines.length === 2);
      expect([server.readyState, world.server.connections]).toEqual([3, 0]);
      expect(world.clock.due).toEqual([]);
    },
  );

  it("gives a later call its timeout from that call on [R04]", async () => {
    const world = new World({ server: { deadlines: { closing: Number.POSITIVE_INFINITY } } });
    const { client } = await world.connected({ deadlines: { ping: Number.POSITIVE_INFINITY } });
    client.pause();
    await turn();
    const lines: string[] = [];
    note(lines, "first", world.server.close({ timeout: 1_000 }));
    await world.clock.advance(900);
    note(lines, "second", world.server.close({ timeout: 500 }));
    await world.clock.advance(99);
    expect(lines).toEqual([]);
    await world.clock.advance(1);
    await until(() => lines.length === 2);
  });

  it("ends openings as well: those without a request, and those that wait for the handler [R04]", async () => {
    const asked: IncomingOpening[] = [];
    const world = new World({ handler: (opening) => new Promise(() => asked.push(opening)) });
    const waiting = whenOpen(new world.WebSocket("ws://example.com/")).catch((error: Error) => error);
    await until(() => asked.length === 1);
    const [near, far] = createTransportPair();
    near.start(silentSink);
    world.server.receive(far);
    expect(world.server.connections).toBe(2);
    await Promise.all([world.server.close(), world.server.close({ timeout: 100_000 })]);
    expect(await waiting).toMatchObject({ failure: { kind: "rejected", response: { status: 503 } } });
    const late = await whenOpen(new world.WebSocket("ws://example.com/")).catch((error: Error) => error);
    expect(late).toMatchObject({ failure: { kind: "rejected", response: { status: 503 } } });
    await world.server.close();
  });

  it("waits for connections that arrived meanwhile when it is closed again, and aborts them in time [R04]", async () => {
    const world = new World({ server: { deadlines: { closing: Number.POSITIVE_INFINITY } } });
    await world.connected();
    await world.server.close({ timeout: 1_000 });
    for (let round = 0; round < 2; round++) {
      const [near, far] = createTransportPair();
      near.start(silentSink);
      world.server.receive(far);
      near.write([clientRequest("/")]);
      await turn();
      expect(world.server.connections).toBe(1);
      const lines: string[] = [];
      note(lines, "again", world.server.close({ timeout: 100 }));
      await world.clock.advance(99);
      expect(lines).toEqual([]);
      await world.clock.advance(1);
      await until(() => lines.length === 1);
      expect(world.server.connections).toBe(0);
    }
  });

  it("resolves every time when it has no connections [R04]", async () => {
    const server = new WebSocketServer(() => {}, { runtime: { clock: new TestClock() } });
    await Promise.all([server.close(), server.close(), server.close({ timeout: Number.POSITIVE_INFINITY })]);
    await server.close();
  });
});

describe("a listening server", () => {
  it("stops its listener once, however often it is closed, and drops sockets that did not become connections [R04]", async () => {
    const world = new World();
    const { client } = await world.connected();
    client.pause();
    await turn();
    const lines: string[] = [];
    let isFree: () => void = () => {};
    const server = createListeningServer(world.server, false, {
      address: undefined,
      stop() {
        lines.push("stop");
        return new Promise<void>((resolve) => (isFree = resolve));
      },
      drop: () => void lines.push("drop"),
    });
    note(lines, "first", server.close());
    note(lines, "second", server.close());
    await turn();
    expect(lines).toEqual(["stop"]);
    client.resume();
    await until(() => lines.includes("drop"));
    await turn();
    expect(lines).not.toContain("first");
    isFree();
    await server.close();
    expect(lines).toEqual(["stop", "drop", "drop", "drop", "first", "second"]);
  });

  it("keeps listening when close is called with invalid options [R14]", async () => {
    const world = new World();
    let stops = 0;
    const server = createListeningServer(world.server, false, { address: undefined, stop: () => void stops++ });
    for (const timeout of [-1, Number.NaN]) {
      await expect(server.close({ timeout })).rejects.toMatchObject({ code: "option/range" });
    }
    await expect(server.close({ reason: "x".repeat(124) })).rejects.toMatchObject({ code: "close/reason-too-long" });
    await world.connected();
    expect(stops).toBe(0);
    await server.close();
    expect(stops).toBe(1);
  });
});
