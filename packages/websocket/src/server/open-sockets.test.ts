import { describe, expect, it } from "vitest";
import { turn, until } from "../../tests/support/clock.ts";
import { World } from "../../tests/support/link.ts";
import type { WebSocket } from "../socket/websocket.ts";

async function serverWith(count: number): Promise<World> {
  const world = new World();
  const clients = Array.from({ length: count }, () => new world.WebSocket("ws://example.com/"));
  await until(() => clients.every(({ readyState }) => readyState === 1));
  await until(() => world.accepted.length === count);
  return world;
}

describe("the sockets of a server", () => {
  it("are read like a Set of those that are open", async () => {
    const { server, accepted } = await serverWith(3);
    const { sockets } = server;
    expect(sockets.size).toBe(3);
    expect([...sockets]).toEqual(accepted);
    expect([...sockets.values()]).toEqual(accepted);
    expect([...sockets.keys()]).toEqual(accepted);
    expect([...sockets.entries()]).toEqual(accepted.map((socket) => [socket, socket]));
    const seen: unknown[] = [];
    sockets.forEach(function (this: unknown, socket, key, set) {
      seen.push([this, socket, key, set]);
    }, "self");
    expect(seen).toEqual(accepted.map((socket) => ["self", socket, socket, sockets]));
    accepted[1]?.terminate();
    await until(() => accepted[1]?.readyState === 3);
    expect(accepted.map((socket) => sockets.has(socket))).toEqual([true, false, true]);
    expect(sockets.size).toBe(2);
    expect(new Set(sockets)).toEqual(new Set([accepted[0], accepted[2]]));
    for (const other of [undefined, {}, "a"]) expect(sockets.has(other as unknown as WebSocket)).toBe(false);
  });

  it("cannot be changed by the application", async () => {
    const { sockets } = (await serverWith(1)).server;
    expect(() => Object.assign(sockets, { size: 5 })).toThrow(TypeError);
    expect(sockets.size).toBe(1);
    expect(Object.keys(sockets)).toEqual([]);
    expect("list" in sockets).toBe(false);
  });

  it("do not visit a socket that opens during an iteration", async () => {
    const world = await serverWith(2);
    const seen: WebSocket[] = [];
    for (const socket of world.server.sockets) {
      seen.push(socket);
      if (seen.length > 1) continue;
      new world.WebSocket("ws://example.com/");
      await until(() => world.server.sockets.size === 3);
    }
    expect(seen).toEqual(world.accepted.slice(0, 2));
  });

  it("do not have a socket of another server", async () => {
    const [one, other] = [await serverWith(1), await serverWith(1)];
    expect(one.server.sockets.has(other.accepted[0] as WebSocket)).toBe(false);
  });

  it("that close during an iteration are left out, and none is visited twice", async () => {
    const { server } = await serverWith(4);
    const before = [...server.sockets];
    const seen: number[] = [];
    for (const socket of server.sockets) {
      seen.push(before.indexOf(socket));
      before[2]?.terminate();
      await turn();
    }
    expect(seen).toEqual([0, 1, 3]);
  });

  it("have the methods of ES2025 if the runtime's Set has them", async () => {
    const { server, accepted } = await serverWith(2);
    const methods = server.sockets as unknown as Record<string, ((other: Set<unknown>) => unknown) | undefined>;
    const isThere = "union" in Set.prototype;
    expect(typeof methods.union).toBe(isThere ? "function" : "undefined");
    if (isThere) expect(methods.union?.(new Set([1]))).toEqual(new Set([...accepted, 1]));
    if (isThere) expect(methods.isSupersetOf?.(new Set(accepted))).toBe(true);
  });
});
