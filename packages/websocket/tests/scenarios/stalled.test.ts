/** Peers that do not read: the connection ends without sending them anything more or waiting for them. */
import { describe, expect, it } from "vitest";
import { TestClock, turn, until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

const endless = Number.POSITIVE_INFINITY;
const patient = { ping: endless, closing: endless };

/** Returns an accepted socket with much queued output, whose client has stopped reading. */
async function stuck(deadlines: object) {
  const world = new World({ server: { deadlines: { ...patient, ...deadlines } } });
  const { client, server } = await world.connected({ deadlines: patient });
  const [near] = world.near;
  near?.pause();
  await turn();
  server.send(new Uint8Array(3_000_000));
  await turn();
  return { world, client, server, events: story(server) };
}

describe("stalled output", () => {
  it("ends the connection at once: reports the violation, and awaits no Close frame [R16]", async () => {
    const { world, server, events } = await stuck({ stalled: 3_000 });
    await world.clock.advance(2_999);
    expect(events).toEqual([]);
    await world.clock.advance(1);
    expect(events[0]).toMatch(/^error 3 .*deadline\/stalled/);
    expect(events.slice(1)).toEqual(["close 3 1006 unclean"]);
    expect([server.readyState, world.server.connections, world.clock.due]).toEqual([3, 0, []]);
  });

  it("ends it in the same way after the application or the server has closed it, even twice [R16]", async () => {
    for (const close of ["socket", "server", "both"]) {
      const { world, server, events } = await stuck({ stalled: 3_000 });
      await world.clock.advance(1_000);
      if (close !== "server") server.close(4000, "enough");
      const closed = close === "socket" ? undefined : world.server.close({ timeout: endless });
      await world.clock.advance(1_999);
      expect(events).toEqual([]);
      await world.clock.advance(1);
      await closed;
      expect(events[0]).toMatch(/^error 3 .*deadline\/stalled/);
      expect([events.length, world.server.connections, world.clock.due]).toEqual([2, 0, []]);
    }
  });

  it("ends it in the same way over a stream [R16]", async () => {
    const world = new World({ client: { deadlines: { ...patient, stalled: 3_000 } } });
    const stream = new world.WebSocketStream("ws://example.com/");
    const { writable } = await stream.opened;
    world.far[0]?.pause();
    await turn();
    const writer = writable.getWriter();
    writer.write(new Uint8Array(3_000_000)).catch(() => {});
    const results = Promise.allSettled([writer.closed, stream.closed]);
    await world.clock.advance(3_000);
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  it("ends a connection whose peer has ended its half and stopped reading [R16]", async () => {
    const { world } = await stuck({ stalled: 3_000 });
    const [near] = world.near;
    const [far] = world.far;
    let aborted = 0;
    const abort = far?.abort.bind(far);
    if (far !== undefined) {
      far.abort = () => {
        aborted++;
        abort?.();
      };
    }
    near?.end();
    await turn();
    await world.clock.advance(2_999);
    expect(aborted).toBe(0);
    await world.clock.advance(1);
    expect([aborted, world.clock.due]).toEqual([1, []]);
  });

  it("does not end a connection whose peer reads a little now and then [R16]", async () => {
    const { world, client, server, events } = await stuck({ stalled: 3_000 });
    client.onmessage = () => {};
    const [near] = world.near;
    for (let count = 0; count < 5; count++) {
      await world.clock.advance(2_500);
      near?.resume();
      await undefined;
      near?.pause();
      await turn();
    }
    expect([server.readyState, events]).toEqual([1, []]);
    near?.resume();
    await until(() => server.bufferedAmount === 0);
    expect(world.clock.due.filter((at) => at < endless)).toEqual([]);
  });
});

describe("a Ping without a reply", () => {
  it("ends the connection at once when the peer took no output meanwhile [R16]", async () => {
    const world = new World({ server: { deadlines: { ...patient, ping: 1_000, pong: 2_000 } } });
    const { client, server } = await world.connected({ deadlines: patient });
    const events = story(server);
    world.near[0]?.pause();
    await turn();
    await world.clock.advance(1_000);
    server.send(new Uint8Array(3_000_000));
    await world.clock.advance(1_999);
    expect([events, client.readyState]).toEqual([[], 1]);
    await world.clock.advance(1);
    expect(events[0]).toMatch(/^error 3 .*deadline\/pong/);
    expect([events.length, world.clock.due]).toEqual([2, []]);
  });

  it("ends it with a Close frame when all output was taken [R16]", async () => {
    const clock = new TestClock();
    const world = new World({
      server: { runtime: { clock }, deadlines: { ...patient, ping: 1_000, pong: 2_000, closing: 500 } },
    });
    const { server } = await world.connected({ deadlines: patient });
    const events = story(server);
    world.near[0]?.pause();
    await turn();
    await clock.advance(3_000);
    expect([server.readyState, events]).toEqual([2, []]);
    await clock.advance(500);
    expect(events[0]).toMatch(/^error 3 .*deadline\/pong/);
  });
});
