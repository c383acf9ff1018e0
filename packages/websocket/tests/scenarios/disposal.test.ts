/** `await using`: sockets, streams and servers close, and it waits until they are closed. */
import { describe, expect, it } from "vitest";
import { asyncDisposeSymbol } from "../../src/dom/async-disposal.ts";
import { reconnect } from "../../src/reconnect/reconnect.ts";
import { createListeningServer } from "../../src/server/listening.ts";
import { World } from "../support/link.ts";

const key = asyncDisposeSymbol();
const dispose = (closable: unknown): Promise<void> => {
  if (key === undefined) throw new Error("no symbol");
  const { [key]: method } = closable as Record<symbol, (() => Promise<void>) | undefined>;
  if (method === undefined) throw new Error("no method");
  return method.call(closable);
};

describe.skipIf(key === undefined)("await using", () => {
  it("closes a socket of either role with 1000, and waits for its end", async () => {
    const world = new World();
    for (const role of ["client", "server"] as const) {
      const sockets = await world.connected();
      const ends: unknown[] = [];
      for (const socket of [sockets.client, sockets.server])
        socket.addEventListener("close", ({ code, wasClean }) => ends.push([code, wasClean]));
      await dispose(sockets[role]);
      expect(sockets[role].readyState).toBe(3);
      expect(ends[0]).toEqual([1000, true]);
      await dispose(sockets[role]);
    }
  });

  it("waits for the end although a listener keeps the event from others, and resolves behind its listeners", async () => {
    const world = new World();
    const { client } = await world.connected();
    const order: string[] = [];
    client.addEventListener("close", (event) => {
      event.stopImmediatePropagation();
      order.push("close");
    });
    await dispose(client).then(() => order.push("disposed"));
    expect(order).toEqual(["close", "disposed"]);
  });

  it("waits for the end of a reconnecting client in the same way", async () => {
    const world = new World();
    const client = reconnect(() => new world.WebSocket("ws://example.com/"), { runtime: { clock: world.clock } });
    const order: string[] = [];
    client.addEventListener("ended", (event) => {
      event.stopImmediatePropagation();
      order.push("ended");
    });
    await new Promise((resolve) => client.addEventListener("open", resolve));
    await dispose(client).then(() => order.push("disposed"));
    expect(order).toEqual(["ended", "disposed"]);
    await dispose(client);
  });

  it("waits for a socket that is closing already, and gives up one that is connecting", async () => {
    const world = new World();
    const { client } = await world.connected();
    client.close(4000);
    await dispose(client);
    expect(client.readyState).toBe(3);
    const late = new world.WebSocket("ws://example.com/");
    await dispose(late);
    expect(late.readyState).toBe(3);
  });

  it("closes a stream, however that ends", async () => {
    const world = new World();
    const stream = new world.WebSocketStream("ws://example.com/");
    await stream.opened;
    await dispose(stream);
    expect(await stream.closed).toEqual({ closeCode: 1000, reason: "" });
    const refused = new World({ handler: (opening) => opening.reject({ status: 410 }) });
    const failed = new refused.WebSocketStream("ws://example.com/");
    await expect(failed.opened).rejects.toThrow();
    await dispose(failed);
  });

  it("closes a server and what listens, and waits for all connections", async () => {
    const world = new World();
    const { client } = await world.connected();
    let stops = 0;
    const listening = createListeningServer(world.server, false, { address: undefined, stop: () => void stops++ });
    await dispose(listening);
    expect([stops, client.readyState >= 2, world.server.connections]).toEqual([1, true, 0]);
    await dispose(world.server);
    expect(Object.keys(listening)).not.toContain(String(key));
  });
});
