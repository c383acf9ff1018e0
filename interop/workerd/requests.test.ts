/**
 * Several requests to one Worker: a request must not wait for anything that another one started, because I/O belongs to
 * the request that started it and ends with it, at any point.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { describeInWorkers, echo } from "./world.ts";

const servers: [Server, Set<Socket>][] = [];

afterEach(async () => {
  for (const [server, sockets] of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
});

/** Starts a server that accepts connections and sends nothing; returns its URL, and a promise for the first connection. */
async function silent(): Promise<{ url: string; connected: Promise<unknown> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).resume();
  });
  servers.push([server, sockets]);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    connected: once(server, "connection"),
  };
}

/** Accepts and stops reading: no Ping and no Close gets a reply. */
const mute = (opening: Parameters<typeof echo>[0]): void => opening.accept().pause();

describeInWorkers("requests to one Worker", (world) => {
  it("that open eight connections to one host concurrently all finish, with 200 echoes each [R07]", async () => {
    const url = await world.serve(echo);
    const all = await Promise.all(Array.from({ length: 8 }, () => world.run("echo", { url, count: 200 })));
    expect(all).toEqual(all.map(() => ({ code: 4000, reason: "", wasClean: true, extensions: "" })));
  });

  it("that talk to themselves concurrently all finish, compressed [R07] [R09]", async () => {
    const given = { url: "", compressed: true, count: 50 };
    const all = await Promise.all(Array.from({ length: 8 }, () => world.run("inMemory", given)));
    expect(all).toHaveLength(8);
    for (const result of all) expect(result).toMatchObject({ code: 4000, wasClean: true });
  });

  it("do not wait for an opening of a request that has completed [R07]", async () => {
    let count = 0;
    const url = await world.serve((opening) => (count++ === 0 ? new Promise(() => {}) : echo(opening)));
    await world.run("leaveOpening", { url });
    expect(await world.run("echo", { url, count: 3 })).toMatchObject({ code: 4000 });
  });

  it("do not wait for an opening of a request whose client has disconnected [R07]", async () => {
    const controller = new AbortController();
    let count = 0;
    const url = await world.serve((opening) => {
      if (count++ > 0) return echo(opening);
      controller.abort();
      return new Promise(() => {});
    });
    await expect(world.run("echo", { url }, controller.signal)).rejects.toThrow();
    expect(await world.run("echo", { url, count: 3 })).toMatchObject({ code: 4000 });
  });

  it("keep their deadlines when the request that set the first timer has ended [R08]", async () => {
    const url = await world.serve(mute);
    await world.run("leave", { url, options: { deadlines: { ping: 500, pong: 500 } } });
    const all = [1_000, 700, 300].map((ping) => {
      return world.run("until", { url, options: { deadlines: { ping, pong: 100, closing: 100 } } });
    });
    for (const result of await Promise.all(all)) expect(result).toMatchObject({ code: 1006, wasClean: false });
  });

  it("keep the deadlines for the opening and for the closing handshake [R08]", async () => {
    const { url, connected } = await silent();
    const left = world.run("leaveOpening", { url, options: { deadlines: { opening: 200 } } });
    await connected;
    await left;
    const options = { deadlines: { opening: 300, closing: 300 } };
    expect(await world.run("until", { url, options })).toMatchObject({ code: 1006, wasClean: false });
    const deaf = await world.serve(mute);
    await world.run("leave", { url: deaf, options: { deadlines: { ping: 200 } } });
    expect(await world.run("closing", { url: deaf, options })).toMatchObject({ wasClean: false });
  });
});
