/** Proxies end connections on which nothing is said. Pings are something that is said. */
import { expect, it } from "vitest";
import { describeBehind, proxyNames, type World } from "./world.ts";

const changes = {
  nginx: { "proxy_read_timeout 60s": "proxy_read_timeout 1s" },
  haproxy: { "timeout tunnel 60s": "timeout tunnel 1s" },
};
const silent = { deadlines: { ping: Number.POSITIVE_INFINITY } };
const lively = { deadlines: { ping: 200 } };

/** A connection that nobody speaks on, until the proxy has had enough of it. */
async function sitOut(world: World): Promise<void> {
  const visitor = await world.visit("/", silent);
  const [seen] = [...world.backends[visitor.greeting.name].sockets].slice(-1);
  const told = new Promise((resolve) => seen?.addEventListener("close", resolve));
  // RFC 6455 §7.1.5: no Close frame has come, neither to the client nor to the backend.
  expect(await visitor.closed).toMatchObject({ code: 1006, wasClean: false });
  expect(await told).toMatchObject({ code: 1006, wasClean: false });
}

describeBehind(proxyNames, "which cuts what is silent for 1 s", { changes, options: silent }, (world) => {
  it("client and backend both see 1006 when nobody sends Pings", async () => {
    await sitOut(world);
  });

  it("a client that sends Pings outlives others twice", async () => {
    const visitor = await world.visit("/", lively);
    await sitOut(world);
    await sitOut(world);
    expect(await visitor.ask("still there?")).toBe(`${visitor.greeting.name}: still there?`);
    expect(visitor.socket.statistics.pingsTaken).toBeGreaterThan(1);
  });
});

describeBehind(proxyNames, "with backends that send Pings", { changes, options: lively }, (world) => {
  it("a silent client is kept for longer than the proxy allows, over ws and wss", async () => {
    const visitors = [await world.visit("/", silent), await world.visit("/", { ...silent, secure: true })];
    const pings = visitors.map(({ socket }) => {
      let count = 0;
      return new Promise<void>((resolve) => {
        // Ten of them, one behind the other's answer, are 2 s: twice what the proxy allows.
        socket.addEventListener("ping", () => ++count === 10 && resolve());
      });
    });
    await Promise.all(pings);
    for (const visitor of visitors) expect(await visitor.ask("hello")).toBe(`${visitor.greeting.name}: hello`);
  });
});
