/** What passes a proxy, to which backend, and which client address the backends see. */
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { OpeningError, permessageDeflate } from "@hybi/node";
import { expect, it } from "vitest";
import { openingRequest, RawClient } from "./raw-client.ts";
import { describeBehind, proxyNames, type Visitor } from "./world.ts";

const extensions = [permessageDeflate()];

describeBehind(proxyNames, "with the configuration of the example", { options: { extensions } }, (world) => {
  it.each([
    ["ws", false],
    ["wss, which ends at the proxy", true],
  ])("text and bytes pass the proxy over %s, both ways", async (_, secure) => {
    const { ask, greeting } = bound(await world.visit("/", { secure }));
    expect(await ask("Grüße 👋")).toBe(`${greeting.name}: Grüße 👋`);
    expect(await ask("")).toBe(`${greeting.name}: `);
    const bytes = Uint8Array.of(0x00, 0x7f, 0x80, 0xff);
    expect(new Uint8Array((await ask(bytes)) as ArrayBuffer)).toEqual(bytes);
  });

  it("a message of 5 MiB passes the proxy both ways", async () => {
    const { ask } = bound(await world.visit("/", { secure: true }));
    const sent = new Uint8Array(5 << 20).map((_, at) => (at * 31) >>> 3);
    expect(Buffer.compare(new Uint8Array((await ask(sent)) as ArrayBuffer), sent)).toBe(0);
  });

  it("compression is agreed on and used between client and backend: the proxy takes no part", async () => {
    const { ask, socket } = bound(await world.visit("/", { extensions }));
    expect(socket.extensions).toMatch(/^permessage-deflate/);
    const text = "the same again and again, ".repeat(10_000);
    expect(String(await ask(text)).endsWith(text)).toBe(true);
    expect(socket.statistics.bytesTaken).toBeLessThan(text.length / 50);
    expect(socket.statistics.bytesReceived).toBeLessThan(text.length / 50);
  });

  it("a status code and a reason pass the proxy, both ways", async () => {
    const visitor = await world.visit();
    const [seen] = [...world.backends[visitor.greeting.name].sockets];
    const closeEvent = new Promise((resolve) => seen?.addEventListener("close", resolve));
    visitor.socket.close(4001, "Grüße");
    expect(await closeEvent).toMatchObject({ code: 4001, reason: "Grüße", wasClean: true });
    expect(await visitor.closed).toMatchObject({ code: 4001, wasClean: true });

    const other = await world.visit();
    for (const socket of world.backends[other.greeting.name].sockets) socket.close(4002, "über");
    expect(await other.closed).toMatchObject({ code: 4002, reason: "über", wasClean: true });
  });

  it("a rejection passes the proxy with its body", async () => {
    const error = await world.visit("/private").catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OpeningError);
    expect(error.failure.response.status).toBe(403);
    expect(new TextDecoder().decode(error.failure.body)).toMatch(/^(one|two) rejects you$/);
  });

  it("a frame that arrives with the request is not lost", async () => {
    const frame = encodeFrame({ opcode: opcodes.text, payload: Buffer.from("early"), maskingKey: 7 });
    const client = new RawClient(world.proxy);
    client.socket.write(Buffer.concat([Buffer.from(openingRequest()), frame]));
    await client.until(/(one|two): early$/);
    expect(client.received).toMatch(/^HTTP\/1\.1 101 /);
  });

  it("clients are distributed, and the messages of each reach its backend", async () => {
    const visitors = [await world.visit(), await world.visit(), await world.visit(), await world.visit()];
    const names = visitors.map(({ greeting }) => greeting.name);
    expect([...names].sort()).toEqual(["one", "one", "two", "two"]);
    const answers = await Promise.all(visitors.map((visitor) => visitor.ask("who?")));
    expect(answers).toEqual(names.map((name) => `${name}: who?`));
  });

  it("all clients of a room are at one backend, and rooms are distributed", async () => {
    const rooms = Array.from({ length: 16 }, (_, index) => `/rooms?room=${index}`);
    const first = await Promise.all(rooms.map((room) => world.visit(room)));
    const second = await Promise.all(rooms.map((room) => world.visit(room, { secure: true })));
    const names = first.map(({ greeting }) => greeting.name);
    expect(second.map(({ greeting }) => greeting.name)).toEqual(names);
    expect(new Set(names)).toEqual(new Set(["one", "two"]));
  });

  it.each([
    ["ws", false],
    ["wss", true],
  ])(
    "backends see the address of a client and that it connected over %s, whatever fields it sends itself",
    async (_, secure) => {
      // Not 127.0.0.1, the address of the proxy.
      const client = new RawClient(world.proxy, { secure, localAddress: "127.0.0.2" });
      client.socket.write(openingRequest(["X-Forwarded-For: 198.51.100.7", "X-Forwarded-Proto: gopher"]));
      await client.until(/\{.*\}$/);
      const [greeting = ""] = /\{.*\}$/.exec(client.received) ?? [];
      expect(JSON.parse(greeting)).toMatchObject({ address: "127.0.0.2", secure });
    },
  );
});

/** Binds `ask`, so that it can be called on its own. */
function bound(visitor: Visitor): Pick<Visitor, "ask" | "greeting" | "socket"> {
  const { greeting, socket } = visitor;
  return { greeting, socket, ask: (message) => visitor.ask(message) };
}
