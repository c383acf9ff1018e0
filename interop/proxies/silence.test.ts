/** Proxies end connections without traffic. Pings count as traffic. */
import { expect, it } from "vitest";
import { describeBehind, proxyNames, type World } from "./world.ts";

const changes = {
  nginx: { "proxy_read_timeout 60s": "proxy_read_timeout 1s" },
  haproxy: { "timeout tunnel 60s": "timeout tunnel 1s" },
};
const silent = { deadlines: { ping: Number.POSITIVE_INFINITY } };
const lively = { deadlines: { ping: 200 } };

/** Opens a connection without traffic and waits until the proxy ends it. */
async function sitOut(world: World): Promise<void> {
  const visitor = await world.visit("/", silent);
  const [seen] = [...world.backends[visitor.greeting.name].sockets].slice(-1);
  const closeEvent = new Promise((resolve) => seen?.addEventListener("close", resolve));
  // RFC 6455 §7.1.5: no Close frame was received, neither by the client nor by the backend.
  expect(await visitor.closed).toMatchObject({ code: 1006, wasClean: false });
  expect(await closeEvent).toMatchObject({ code: 1006, wasClean: false });
}

describeBehind(proxyNames, "which ends connections silent for 1 s", { changes, options: silent }, (world) => {
  it("client and backend both see 1006 when nobody sends Pings", async () => {
    await sitOut(world);
  });

  it("a client that sends Pings outlives twice the timeout", async () => {
    const visitor = await world.visit("/", lively);
    await sitOut(world);
    await sitOut(world);
    expect(await visitor.ask("still there?")).toBe(`${visitor.greeting.name}: still there?`);
    expect(visitor.socket.statistics.pingsTaken).toBeGreaterThan(1);
  });
});

describeBehind(proxyNames, "with backends that send Pings", { changes, options: lively }, (world) => {
  it("a silent client stays connected for longer than the timeout of the proxy, over ws and wss", async () => {
    const visitors = [await world.visit("/", silent), await world.visit("/", { ...silent, secure: true })];
    const pings = visitors.map(({ socket }) => {
      let count = 0;
      return new Promise<void>((resolve) => {
        // Ten Pings, each after the reply to the previous one, take 2 s: twice the timeout of the proxy.
        socket.addEventListener("ping", () => ++count === 10 && resolve());
      });
    });
    await Promise.all(pings);
    for (const visitor of visitors) expect(await visitor.ask("hello")).toBe(`${visitor.greeting.name}: hello`);
  });
});
