/** A random source that is unusable, or fails later. */
import type { Extension, RandomSource } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { reconnect } from "../../src/reconnect/reconnect.ts";
import { until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

const system: RandomSource = (target) => crypto.getRandomValues(target);

/** A source that fails on demand. */
function failing() {
  const state = { isBroken: false, random: ((target) => draw(target)) as RandomSource };
  function draw(target: Uint8Array<ArrayBuffer>): unknown {
    if (state.isBroken) throw new Error("no entropy");
    return system(target);
  }
  return state;
}

describe("a client whose random source", () => {
  it.each<[string, RandomSource]>([
    ["fills nothing", () => {}],
    ["fills with zeros", (target) => target.fill(0)],
    ["fills the first half only", (target) => system(target.subarray(0, target.length / 2) as typeof target)],
    ["returns a promise", async (target) => system(target)],
    ["throws", () => Promise.reject(new Error("no entropy"))],
  ])("%s is rejected at the start [A15]", (_, random) => {
    const world = new World();
    for (const Socket of [world.WebSocket, world.WebSocketStream]) {
      expect(() => new Socket("ws://example.com/", { runtime: { random } })).toThrow(
        expect.objectContaining({ name: "UsageError", code: "option/random" }),
      );
    }
    expect(world.near).toEqual([]);
  });

  it.each(["a short text", "a long text", "a prepared message", "a Ping"])(
    "fails later ends at the frame that needs a key, and affects no other socket, when %s is sent [A15]",
    async (what) => {
      const source = failing();
      const errors: unknown[] = [];
      const world = new World({ client: { onError: (error) => errors.push(error) } });
      const { client } = await world.connected({ runtime: { random: source.random } });
      const { client: other, server } = await world.connected();
      const lines = story(client);
      source.isBroken = true;
      // Keys drawn before are still good.
      for (let count = 0; count < 5_000 && client.readyState === 1; count++) {
        if (what === "a Ping") client.ping();
        else client.send(what === "a short text" ? "a" : "b".repeat(5_000));
        if (count % 50 === 0) await until(() => client.bufferedAmount === 0 || client.readyState > 1);
      }
      await until(() => lines.length === 2);
      expect(lines[0]).toContain("no entropy");
      expect(lines[1]).toBe("close 3 1006 unclean");
      expect(errors).toEqual([expect.objectContaining({ code: "option/random" })]);
      const received = new Promise((resolve) => server.addEventListener("message", ({ data }) => resolve(data)));
      other.send("still here");
      expect(await received).toBe("still here");
    },
  );

  it("fails later ends its stream with that error for the writer [A15]", async () => {
    const source = failing();
    const errors: unknown[] = [];
    const world = new World({ client: { onError: (error) => errors.push(error) } });
    const stream = new world.WebSocketStream("ws://example.com/", { runtime: { random: source.random } });
    const writer = (await stream.opened).writable.getWriter();
    source.isBroken = true;
    const written = (async () => {
      for (let count = 0; count < 5_000; count++) await writer.write("a");
    })();
    await expect(written).rejects.toThrow();
    await expect(stream.closed).rejects.toThrow();
    expect(errors).toEqual([expect.objectContaining({ code: "option/random" })]);
  });

  it("fails while its transport is opened reports the error with its last event [A15]", async () => {
    const source = failing();
    const errors: unknown[] = [];
    const world = new World({ client: { onError: (error) => errors.push(error) } });
    const socket = new world.WebSocket("ws://example.com/", { runtime: { random: source.random } });
    source.isBroken = true;
    const failures: unknown[] = [];
    socket.addEventListener("error", ({ failure }) => failures.push(failure));
    await until(() => socket.readyState === 3);
    expect(failures).toEqual([{ kind: "given-up", error: expect.objectContaining({ code: "option/random" }) }]);
    expect(errors).toEqual([expect.objectContaining({ code: "option/random" })]);
    await until(() => world.server.connections === 0);
  });

  it("fails before a redirect is followed reports the error with its last event [A15]", async () => {
    const source = failing();
    const errors: unknown[] = [];
    const world: World = new World({
      handler: (opening) => {
        source.isBroken = true;
        opening.reject({ status: 307, fields: [["Location", "/other"]] });
      },
    });
    const socket = new world.WebSocket("ws://example.com/", {
      runtime: { random: source.random },
      followRedirects: 3,
      onError: (error) => errors.push(error),
    });
    const lines = story(socket);
    await until(() => lines.length === 2);
    expect(lines[0]).toContain("no entropy");
    expect(errors).toEqual([expect.objectContaining({ code: "option/random" })]);
    // The next opening to the same host may start.
    const next = new world.WebSocket("ws://example.com/");
    await until(() => next.readyState === 3);
  });

  it("fails between two attempts ends the reconnecting client with that error [A15]", async () => {
    const source = failing();
    const world = new World();
    const client = reconnect(() => new world.WebSocket("ws://example.com/", { runtime: { random: source.random } }), {
      runtime: { clock: world.clock },
    });
    const ends: unknown[] = [];
    client.addEventListener("ended", (event) => ends.push(event));
    client.addEventListener("waiting", (event) => ends.push(event));
    await until(() => world.accepted.length === 1);
    source.isBroken = true;
    world.accepted[0]?.terminate();
    for (let count = 0; count < 3; count++) await world.clock.advance(100_000);
    expect(world.near).toHaveLength(1);
    expect(client.state).not.toBe("open");
    expect(ends.length).toBeGreaterThan(1);
    client.close();
  });
});

describe("a codec whose release throws", () => {
  it("does not prevent the end of its connection from being reported, on either side [A15]", async () => {
    const errors: unknown[] = [];
    const released: string[] = [];
    const codec = (name: string, rsv: number): Extension =>
      ({
        name,
        rsv,
        offers: () => [[]],
        answer: () => [],
        checkAnswer: () => undefined,
        createTransform: () => ({
          beginDecode: () => false,
          beginEncode: () => undefined,
          decode: () => undefined,
          endDecode: () => undefined,
          encode: () => undefined,
          endEncode: () => undefined,
          release() {
            released.push(name);
            throw new Error(`${name} was not released`);
          },
        }),
      }) as unknown as Extension;
    const extensions = [codec("x-one", 0x40), codec("x-two", 0x20)];
    const onError = (error: unknown): unknown => errors.push((error as Error).message);
    const world = new World({ client: { extensions, onError }, server: { extensions, onError } });
    const { client, server } = await world.connected();
    const agreed = client.extensions === "" ? [] : ["x-one", "x-two"];
    const lines = [story(client), story(server)];
    client.close(1000);
    await until(() => lines.every(({ length }) => length > 0));
    for (const each of lines) expect(each.at(-1)).toContain("close 3 1000");
    expect(released.sort()).toEqual([...agreed, ...agreed].sort());
    expect(errors.length).toBe(agreed.length);
    expect(agreed).toHaveLength(2);
  });
});
