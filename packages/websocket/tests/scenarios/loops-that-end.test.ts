/** Loops over messages whose promise is not awaited: a client that leaves causes no unhandled rejection. */
import { describe, expect, it } from "vitest";
import { until } from "../support/clock.ts";
import { thrown, World } from "../support/link.ts";

describe("messages({ onLoss })", () => {
  it("ends after the received messages when the client leaves without a Close frame, and events report how [A17]", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    const events: string[] = [];
    server.addEventListener("error", () => events.push("error"));
    server.addEventListener("close", ({ wasClean }) => events.push(`clean: ${wasClean}`));
    const messages: unknown[] = [];
    const loop = (async () => {
      for await (const message of server.messages({ onLoss: "end" })) messages.push(message);
      return "ended";
    })();
    client.send("last");
    await until(() => messages.length === 1);
    client.terminate();
    expect(await loop).toBe("ended");
    expect([messages, events]).toEqual([["last"], ["error", "clean: false"]]);
    expect(await server.messages({ onLoss: "end" }).next()).toEqual({ done: true, value: undefined });
  });

  it("throws by default, like a loop over the socket, and ends normally after a clean close in any case [A17]", async () => {
    const world = new World();
    for (const loopOf of [
      (socket: World["accepted"][number]) => socket.messages(),
      (socket: World["accepted"][number]) => socket.messages({ onLoss: "throw" }),
      (socket: World["accepted"][number]) => socket[Symbol.asyncIterator](),
    ]) {
      const lost = await world.connected();
      const next = loopOf(lost.server).next();
      lost.client.terminate();
      await expect(next).rejects.toThrow(expect.objectContaining({ name: "WebSocketError" }));
      const clean = await world.connected();
      const last = loopOf(clean.server).next();
      clean.client.close(1000);
      expect(await last).toEqual({ done: true, value: undefined });
    }
  });

  it("throws in a loop that begins after the loss, too, however often, and for an opening that failed", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    client.terminate();
    await until(() => server.readyState === 3);
    for (let times = 0; times < 2; times++) {
      await expect(server.messages().next()).rejects.toMatchObject({ name: "WebSocketError", closeCode: 1006 });
      expect(await server.messages({ onLoss: "end" }).next()).toEqual({ done: true, value: undefined });
    }
    const failed = new world.WebSocket("ws://example.com/", { fields: [["Origin", "https://elsewhere.example"]] });
    await until(() => failed.readyState === 3);
    await expect(failed.messages().next()).rejects.toMatchObject({ failure: { kind: "rejected" } });
    const clean = await world.connected();
    clean.client.close(1000);
    await until(() => clean.server.readyState === 3);
    expect(await clean.server.messages().next()).toEqual({ done: true, value: undefined });
  });

  it("lets loops of both kinds share the messages, and each ends in its own way [A17]", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    const [throwing, ending] = [server.messages(), server.messages({ onLoss: "end" })];
    client.send("one");
    client.send("two");
    expect([(await throwing.next()).value, (await ending.next()).value]).toEqual(["one", "two"]);
    const nexts = Promise.allSettled([throwing.next(), ending.next()]);
    client.terminate();
    expect((await nexts).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });

  it("rejects unknown options, and names the known ones [A17]", async () => {
    const world = new World();
    const { server } = await world.connected();
    expect(thrown(() => server.messages({ onloss: "end" } as never)).message).toContain("onLoss");
    expect(thrown(() => server.messages({ onLoss: "ignore" } as never)).message).toContain("onLoss");
  });
});
