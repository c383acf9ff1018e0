/** How a server protects itself by default from peers that occupy its memory or do not respond. */
import { encodeFrame } from "@hybi/core/frame";
import { describe, expect, it } from "vitest";
import { until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

const endless = Number.POSITIVE_INFINITY;
const patient = { ping: endless, pong: endless, stalled: endless };
const maskingKey = 1;

describe("a server by default", () => {
  it("closes a connection with 1008 when a message never ends, in fragments or in a slow frame [A07]", async () => {
    for (const isFragmented of [true, false]) {
      const world = new World({ server: { deadlines: { ping: endless } } });
      const { server } = await world.connected({ deadlines: patient });
      const events = story(server);
      const [near] = world.near;
      const whole = encodeFrame({ opcode: 0x2, payload: new Uint8Array(1_000), final: false, maskingKey });
      near?.write([whole.slice(0, isFragmented ? whole.length : 20)]);
      for (let minute = 0; minute < 5; minute++) {
        await world.clock.advance(59_000);
        expect(events).toEqual([]);
        const more = encodeFrame({ opcode: 0x0, payload: new Uint8Array(1), final: false, maskingKey });
        near?.write([isFragmented ? more : new Uint8Array(1)]);
      }
      await world.clock.advance(10_000);
      expect(events.join()).toContain("deadline/message");
    }
  });

  it("accepts messages without limit as long as each ends in time [A07]", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    const events = story(server);
    for (let minute = 0; minute < 10; minute++) {
      client.send("a");
      await world.clock.advance(60_000);
    }
    expect(events).toEqual(Array(10).fill("message a"));
  });

  it("aborts a connection whose peer takes no output for 60 s, even without a message of the application [A06]", async () => {
    const world = new World();
    const { server } = await world.connected({ deadlines: patient });
    const events = story(server);
    world.near[0]?.pause();
    await world.clock.advance(24_000);
    // Fill the path to the client, so that the Ping behind it is stuck.
    server.send(new Uint8Array(3_000_000));
    await world.clock.advance(59_000);
    expect(events).toEqual([]);
    await world.clock.advance(2_000);
    expect(events[0]).toContain("deadline/stalled");
    expect(world.server.connections).toBe(0);
  });

  it.each(["paused", "looped over"])(
    "aborts a connection that is %s and whose messages are not taken for 5 min [A06]",
    async (how) => {
      const world = new World();
      const { client, server } = await world.connected({ deadlines: patient });
      const events = story(server);
      if (how === "paused") server.pause();
      else {
        const loop = server[Symbol.asyncIterator]();
        void loop.next().catch(() => {});
        for (let count = 0; count < 200; count++) client.send("a".repeat(1_000));
      }
      await world.clock.advance(299_000);
      expect(events.filter((line) => !line.startsWith("message"))).toEqual([]);
      await world.clock.advance(2_000);
      expect(events.filter((line) => !line.startsWith("message"))[0]).toContain("deadline/resting");
    },
  );

  it("keeps a connection with a slow handler, as long as it takes a message now and then [A06]", async () => {
    const world = new World();
    const { client, server } = await world.connected({ deadlines: patient });
    const loop = server[Symbol.asyncIterator]();
    for (let count = 0; count < 200; count++) client.send("a".repeat(1_000));
    for (let count = 0; count < 20; count++) {
      await world.clock.advance(120_000);
      expect((await loop.next()).done).toBe(false);
    }
    expect(server.readyState).toBe(1);
  });

  it("queues at most 64 MiB for one client, unless configured otherwise [A07]", async () => {
    const world = new World();
    const { server } = await world.connected({ deadlines: patient });
    world.near[0]?.pause();
    for (let count = 0; count < 80 && server.readyState === 1; count++) server.send(new Uint8Array(1_048_576));
    await until(() => server.readyState === 3);
    const wide = new World({ server: { limits: { queuedOutput: 128 * 1_048_576, message: undefined as never } } });
    const { server: other } = await wide.connected({ deadlines: patient });
    wide.near[0]?.pause();
    for (let count = 0; count < 80; count++) other.send(new Uint8Array(1_048_576));
    expect(other.readyState).toBe(1);
  });
});
