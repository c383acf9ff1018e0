/** Durations as users give them: longer than a host's timer, infinite, and invalid. */

import { Endpoint, plainAgreement } from "@hybi/core";
import type { Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { createWebSocketClass, createWebSocketStreamClass } from "../../src/client/create-websocket-class.ts";
import { whenOpen } from "../../src/client/when-open.ts";
import { silentListener } from "../../src/pump/listener.ts";
import { Pump } from "../../src/pump/pump.ts";
import { reconnect } from "../../src/reconnect/reconnect.ts";
import type { ConnectStream } from "../../src/server/pending-connect.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { silentSink } from "../support/by-hand.ts";
import { TestClock, turn, until } from "../support/clock.ts";
import { story, thrown, World } from "../support/link.ts";

const longest = 2 ** 31 - 1;
const endless = Number.POSITIVE_INFINITY;
/** The far end of a transport, with listeners that do nothing. */
const half = (target: Uint8Array) => {
  target.fill(0);
  target[3] = 0x80;
};

describe.each([longest + 1, 3 * longest])("a duration of %d ms", (span) => {
  it("applies to an opening without a transport [R14]", async () => {
    const clock = new TestClock();
    const Slow = createWebSocketClass(() => new Promise<never>(() => {}), {
      runtime: { clock },
      deadlines: { opening: span },
    });
    const events = story(new Slow("ws://slow.example/"));
    await clock.advance(span - 1);
    expect(events).toEqual([]);
    await clock.advance(1);
    expect(events).toEqual([
      "error 3 The transport could not be opened in time. (deadline/opening, RFC 9110 §15.5.9)",
      "close 3 1006 unclean",
    ]);
    expect(clock.due).toEqual([]);
  });

  it("applies to an opening without a response, at either end [R14]", async () => {
    const clock = new TestClock();
    const [near, far] = createTransportPair();
    far.start(silentSink);
    const client = new (createWebSocketClass(() => near, { runtime: { clock }, deadlines: { opening: span } }))(
      "ws://mute.example/",
    );
    const events = story(client);
    const server = new WebSocketServer(() => {}, { runtime: { clock }, deadlines: { opening: span } });
    const [other, otherFar] = createTransportPair();
    other.start({ ...silentSink, end: () => other.end() });
    server.receive(otherFar);
    await clock.advance(span - 1);
    expect([events, server.connections]).toEqual([[], 1]);
    await clock.advance(1);
    expect(events[0]).toMatch(/^error 3 .*deadline\/opening/);
    expect(server.connections).toBe(0);
  });

  it("applies to a handler over an HTTP/2 stream [R14]", async () => {
    const clock = new TestClock();
    const answers: number[] = [];
    const stream: ConnectStream = {
      onLost: undefined,
      accept: () => createTransportPair()[0],
      reject: ({ status }) => answers.push(status),
      abort() {},
    };
    const fields: Fields = [
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", "https"],
      [":path", "/"],
      [":authority", "example.com"],
      ["sec-websocket-version", "13"],
    ];
    const server = new WebSocketServer(() => new Promise(() => {}), {
      runtime: { clock },
      deadlines: { opening: span },
    });
    server.receiveStream(stream, fields);
    await clock.advance(span - 1);
    expect(answers).toEqual([]);
    await clock.advance(1);
    expect(answers).toEqual([503]);
  });

  it("applies to every deadline of an open connection, and to each of them alone [R14]", async () => {
    const world = new World({ server: { deadlines: { ping: endless } } });
    const { client } = await world.connected({
      deadlines: { ping: endless, pong: span, idle: span, closing: span, stalled: span, controlWindow: span },
    });
    const events = story(client);
    await world.clock.advance(span - 1);
    expect(events).toEqual([]);
    await world.clock.advance(1);
    expect(events).toEqual(["close 3 1001 clean"]);
  });

  it("applies to a closing handshake and to a Pong [R14]", async () => {
    const world = new World({ server: { deadlines: { ping: endless, resting: endless } } });
    const deadlines = { ping: 1_000, pong: span, closing: span, stalled: endless };
    const { client, server } = await world.connected({ deadlines });
    server.pause();
    await turn();
    const events = story(client);
    await world.clock.advance(1_000 + span - 1);
    expect(events).toEqual([]);
    await world.clock.advance(1);
    expect(client.readyState).toBe(2);
    await world.clock.advance(span - 1);
    expect(events).toEqual([]);
    await world.clock.advance(1);
    expect(events[0]).toMatch(/deadline\/pong/);
    expect(events[1]).toBe("close 3 1006 unclean");
  });

  it("applies to the delay between two attempts of a client [R14]", async () => {
    const clock = new TestClock();
    let attempts = 0;
    const client = reconnect(
      () => {
        attempts++;
        throw new Error("down");
      },
      { runtime: { clock, random: half }, firstDelay: span, maximumDelay: span },
    );
    await clock.advance(span / 2 - 1);
    expect([attempts, client.state]).toEqual([1, "waiting"]);
    await clock.advance(1);
    expect(attempts).toBe(2);
    client.close();
    expect(clock.due).toEqual([]);
  });

  it("applies to the time that a server waits for its peers to close [R14]", async () => {
    const world = new World();
    const { client } = await world.connected({ deadlines: { ping: endless } });
    client.pause();
    await turn();
    let isClosed = false;
    void world.server.close({ timeout: span }).then(() => (isClosed = true));
    // The connection itself gives its peer less time.
    await world.clock.advance(9_999);
    expect([isClosed, client.readyState]).toEqual([false, 1]);
    client.resume();
    await until(() => isClosed);
    expect(client.readyState).toBe(3);
  });
});

describe("Infinity", () => {
  it("sets no timer anywhere: a pending response is awaited forever [R14]", async () => {
    const clock = new TestClock();
    const deadlines = {
      ...{ opening: endless, closing: endless, ping: endless, pong: endless },
      ...{ stalled: endless, idle: endless, controlFrames: endless, controlWindow: endless },
    };
    const world = new World({ server: { runtime: { clock }, deadlines }, client: { runtime: { clock }, deadlines } });
    const { client, server } = await world.connected();
    const Slow = createWebSocketClass(() => new Promise<never>(() => {}), { runtime: { clock }, deadlines });
    const slow = new Slow("ws://slow.example/");
    client.pause();
    await turn();
    server.send(new Uint8Array(1_000_000));
    let isClosed = false;
    void world.server.close({ timeout: endless }).then(() => (isClosed = true));
    await turn();
    expect(clock.due).toEqual([]);
    await clock.advance(1e15);
    expect([client.readyState, server.readyState, slow.readyState, isClosed]).toEqual([1, 2, 0, false]);
    client.resume();
    await until(() => isClosed);
    slow.close();
  });
});

describe.each([Number.NaN, -1, Number.NEGATIVE_INFINITY, "5", null])("a duration of %s", (value) => {
  const wrong = value as number;
  const names = ["opening", "closing", "ping", "pong", "stalled", "idle", "controlWindow"] as const;
  const refused = { name: "UsageError", code: "option/range" };

  it.each(names)("is rejected as deadlines.%s where it is given, and nothing starts [R14]", (name) => {
    let connections = 0;
    const connect = () => {
      connections++;
      return createTransportPair()[0];
    };
    const deadlines = { [name]: wrong };
    const message = expect.stringContaining(`deadlines.${name} must be a number`) as unknown;
    const expected = { ...refused, message };
    const { WebSocket } = { WebSocket: createWebSocketClass(connect) };
    expect(thrown(() => new WebSocket("ws://example.com/", { deadlines }))).toMatchObject(expected);
    const Streams = createWebSocketStreamClass(connect);
    expect(thrown(() => new Streams("ws://example.com/", { deadlines }))).toMatchObject(expected);
    expect(thrown(() => new WebSocketServer(() => {}, { deadlines }))).toMatchObject(expected);
    const endpoint = Endpoint.fromAgreement(plainAgreement("server"));
    const [transport] = createTransportPair();
    const pump = () => new Pump({ endpoint, transport, listener: silentListener, deadlines });
    expect(thrown(pump)).toMatchObject(expected);
    expect(connections).toBe(0);
  });

  it.each(["firstDelay", "maximumDelay", "stableAfter"])(
    "is rejected as %s of a reconnecting client [R14]",
    async (name) => {
      let attempts = 0;
      const open = () => {
        attempts++;
        throw new Error("down");
      };
      expect(thrown(() => reconnect(open, { [name]: wrong }))).toMatchObject(refused);
      await turn();
      expect(attempts).toBe(0);
    },
  );

  it("is rejected as the timeout of a server's close, and the server keeps running [R14]", async () => {
    const world = new World();
    const { client } = await world.connected();
    await expect(world.server.close({ timeout: wrong })).rejects.toMatchObject(refused);
    const second = await whenOpen(new world.WebSocket("ws://example.com/"));
    expect([client.readyState, second.readyState, world.server.connections]).toEqual([1, 1, 2]);
  });
});

describe("a reason that is too long", () => {
  it("is rejected in a server's close, and the server keeps running [R14]", async () => {
    const world = new World();
    const { client } = await world.connected();
    await expect(world.server.close({ reason: "x".repeat(124) })).rejects.toMatchObject({
      code: "close/reason-too-long",
    });
    await whenOpen(new world.WebSocket("ws://example.com/"));
    expect([client.readyState, world.server.connections]).toEqual([1, 2]);
  });
});
