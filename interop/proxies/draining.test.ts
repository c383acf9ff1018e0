/** A backend shuts down, and its clients reconnect to the other one. */
import { once } from "node:events";
import { isTransient, OpeningError, reconnect, WebSocket } from "@hybi/node";
import { expect, it } from "vitest";
import { describeBehind, proxyNames } from "./world.ts";

describeBehind(proxyNames, "when a backend is stopped", {}, (world) => {
  it("its clients receive 1001 and reconnect to the other one, whose clients are not affected", async () => {
    const stays = [await world.visit(), await world.visit()].find(({ greeting }) => greeting.name === "two");
    const plan = { firstDelay: 50, maximumDelay: 500 };
    const rooms = Array.from({ length: 8 }, (_, index) => `${world.proxy.url}/rooms?room=${index}`);
    const clients = rooms.map((url) => reconnect(() => new WebSocket(url), plan));
    const arrivals = await Promise.all(clients.map(nameOf));
    const leaving = clients.filter((_, index) => arrivals[index] === "one");
    expect(leaving.length).toBeGreaterThan(0);
    const waiting = leaving.map((client) => once(client as never, "waiting"));
    const second = leaving.map(nameOf);

    await world.backends.one.close({ reason: "a new version" });
    for (const [event] of await Promise.all(waiting)) {
      expect(event.outcome).toMatchObject({ code: 1001, reason: "a new version", wasClean: true });
    }
    expect(new Set(await Promise.all(second))).toEqual(new Set(["two"]));
    expect(await stays?.ask("still there?")).toBe("two: still there?");
    for (const client of clients) client.close();
  });

  it("new clients are served by the other one, and by none when that is stopped too", async () => {
    expect((await world.visit()).greeting.name).toBe("two");
    await world.backends.two.close();
    const error = await world.visit().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OpeningError);
    // A failure that a reconnecting client retries.
    const { failure } = error;
    expect([502, 503]).toContain(failure.response.status);
    expect(isTransient({ code: 1006, reason: "", wasClean: false, failure })).toBe(true);
  });
});

/** Returns the name of the backend that the next connection of a client reaches. */
async function nameOf(client: EventTarget): Promise<string> {
  const [event] = (await once(client as never, "message")) as [MessageEvent];
  return JSON.parse(event.data).name;
}
