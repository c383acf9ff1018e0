/** Deadlines over sockets: slow openings, Pings, lost peers, and closing handshakes without a reply. */

import { describe, expect, it } from "vitest";
import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { silentSink } from "../support/by-hand.ts";
import { TestClock, turn, until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

/** The far end of a transport that reads nothing of interest. */

describe("an opening handshake", () => {
  it("fails after 10 s without a transport, and aborts its signal", async () => {
    const clock = new TestClock();
    let signal: AbortSignal | undefined;
    const Slow = createWebSocketClass(
      (target) => {
        signal = target.signal;
        return new Promise<never>(() => {});
      },
      { runtime: { clock } },
    );
    const socket = new Slow("ws://slow.example/");
    const events = story(socket);
    await clock.advance(9_999);
    expect(events).toEqual([]);
    await clock.advance(1);
    expect(events).toEqual([
      "error 3 The transport could not be opened in time. (deadline/opening, RFC 9110 §15.5.9)",
      "close 3 1006 unclean",
    ]);
    expect(signal?.aborted).toBe(true);
    expect(clock.due).toEqual([]);
  });

  it("waits forever when configured to, and drops a transport that arrives after the opening was aborted", async () => {
    const clock = new TestClock();
    const [near, far] = createTransportPair();
    let give: () => void = () => {};
    const Slow = createWebSocketClass(() => new Promise<typeof near>((resolve) => (give = () => resolve(near))), {
      runtime: { clock },
      deadlines: { opening: Number.POSITIVE_INFINITY },
    });
    const socket = new Slow("ws://slow.example/");
    await clock.advance(1_000_000);
    socket.close();
    await turn();
    expect(socket.readyState).toBe(3);
    let gone = false;
    far.start({ ...silentSink, close: () => (gone = true) });
    give();
    await until(() => gone);
  });

  it("fails after 10 s without a response", async () => {
    const [near, far] = createTransportPair();
    far.start(silentSink);
    const clock = new TestClock();
    const socket = new (createWebSocketClass(() => near, { runtime: { clock } }))("ws://mute.example/");
    const events = story(socket);
    await clock.advance(10_000);
    expect(events[0]).toMatch(/^error 3 .*deadline\/opening/);
    expect(clock.due).toEqual([]);
  });

  it("fails at a server that receives nothing, which responds with 408", async () => {
    const clock = new TestClock();
    const [near, far] = createTransportPair();
    const received: string[] = [];
    near.start({
      ...silentSink,
      data: (chunk) => received.push(new TextDecoder().decode(chunk)),
      end: () => near.end(),
    });
    const server = new WebSocketServer(() => {}, { runtime: { clock } });
    server.receive(far);
    await clock.advance(10_000);
    expect(received.join("")).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.connections).toBe(0);
  });
});

describe("an open connection", () => {
  it("knows its age, and keeps it when it ends", async () => {
    const world = new World({ server: { deadlines: { opening: 60_000 } } });
    const { client, server } = await world.connected();
    await world.clock.advance(1_500);
    expect([client.statistics.age, server.statistics.age]).toEqual([1_500, 1_500]);
    let atClose: number | undefined;
    server.onclose = () => (atClose = server.statistics.age);
    server.close();
    await until(() => server.readyState === 3);
    await world.clock.advance(1_000);
    expect([atClose, server.statistics.age, client.statistics.age]).toEqual([1_500, 1_500, 1_500]);
    const failed = new world.WebSocket("ws://example.com/");
    expect(failed.statistics.age).toBe(0);
    failed.close();
  });

  it("sends a Ping after 25 s of silence, and measures the round trip [X20] [X23]", async () => {
    const world = new World();
    const { client } = await world.connected({ deadlines: { ping: 1_000 } });
    expect(client.statistics.roundTripTime).toBeUndefined();
    await world.clock.advance(1_000);
    expect(client.statistics).toMatchObject({ pingsTaken: 1, roundTripTime: 0 });
    client.ping(Uint8Array.of(7));
    const pongs: Uint8Array[] = [];
    client.addEventListener("pong", ({ payload }) => pongs.push(payload));
    await until(() => pongs.length === 1);
    expect(pongs).toEqual([Uint8Array.of(7)]);
    expect(client.statistics.pingsTaken).toBe(2);
  });

  it("does not accept an unsolicited Pong as a reply [X22]", async () => {
    const world = new World();
    const { client, server } = await world.connected({ deadlines: { ping: 1_000 } });
    server.pause();
    await world.clock.advance(1_000);
    server.pong(Uint8Array.of(1));
    await turn();
    expect(client.statistics.roundTripTime).toBeUndefined();
    client.ping(Uint8Array.of(1, 2));
    server.pong(Uint8Array.of(1, 3));
    server.pong(Uint8Array.of(1));
    await turn();
    expect(client.statistics.roundTripTime).toBeUndefined();
  });

  it("fails when there is no reply to its Ping [X23]", async () => {
    // A Ping of the server would be a sign of life.
    const world = new World({ server: { deadlines: { ping: Number.POSITIVE_INFINITY } } });
    const { client, server } = await world.connected();
    const events = story(client);
    server.pause();
    await world.clock.advance(44_999);
    expect(events).toEqual([]);
    await world.clock.advance(10_001);
    expect(events[0]).toMatch(/^error 3 .*deadline\/pong/);
    expect(events[1]).toBe("close 3 1006 unclean");
  });
});

describe("a closing handshake", () => {
  it("without a reply ends after 10 s", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    const events = story(client);
    server.pause();
    await turn();
    client.close(1000);
    await world.clock.advance(9_999);
    expect(events).toEqual([]);
    await world.clock.advance(1);
    expect(events).toEqual(["close 3 1006 unclean"]);
  });

  it("leaves closing the transport to the server, for which the client waits [X12]", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    const ends: string[] = [];
    for (const [name, transport] of [
      ["client", world.near[0]],
      ["server", world.far[0]],
    ] as const) {
      if (transport === undefined) continue;
      const end = transport.end.bind(transport);
      transport.end = () => {
        ends.push(name);
        end();
      };
    }
    client.close(1000);
    await until(() => client.readyState === 3 && server.readyState === 3);
    expect(ends).toEqual(["server", "client"]);
  });

  it("does not wait forever for a peer that has ended its half and stopped reading", async () => {
    const world = new World();
    const { server } = await world.connected();
    const [near] = world.near;
    near?.pause();
    await turn();
    server.send(new Uint8Array(1_000_000));
    await turn();
    near?.end();
    await until(() => server.readyState === 3);
    expect(world.clock.due.length).toBeGreaterThan(0);
    let aborted = 0;
    const far = world.far[0];
    if (far !== undefined) {
      const abort = far.abort.bind(far);
      far.abort = () => {
        aborted++;
        abort();
      };
    }
    await world.clock.advance(10_000);
    expect(aborted).toBe(1);
  });
});
