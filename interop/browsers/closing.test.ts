/** The closing handshake between a browser and our server. */
import { expect, it } from "vitest";
import { Arrivals } from "./servers.ts";
import { ways } from "./site.ts";
import { describeInPage } from "./world.ts";

type CloseArguments = [code?: number, reason?: string];

describeInPage("a page", ways, (world) => {
  it.each<[string, CloseArguments, number, string]>([
    ["4001 and a reason", [4001, "Grüße"], 4001, "Grüße"],
    ["1000", [1000], 1000, ""],
    ["no status code", [], 1005, ""],
    ["4999 and the longest reason", [4999, "r".repeat(123)], 4999, "r".repeat(123)],
  ])("closes with %s, and both have the same code, cleanly", async (_, args, code, reason) => {
    const arrivals = new Arrivals();
    world.site.serve(arrivals.handler);
    const events = world.page.evaluate(
      async ([url, given]) => {
        const peer = await inPage.open(url);
        peer.socket.close(...given);
        return peer.end();
      },
      [world.url, args] as const,
    );
    const { closed } = await arrivals.next();
    expect(await closed).toMatchObject({ code, reason, wasClean: true });
    // The reason in the page's event is that of our Close frame, which has none.
    expect(await events).toEqual([{ type: "close", code, reason: "", wasClean: true }]);
  });

  it.each<[string, CloseArguments, number, string]>([
    ["4002 and a reason", [4002, "über"], 4002, "über"],
    ["1000", [1000], 1000, ""],
    ["no status code", [], 1005, ""],
  ])("receives the close of a server with %s", async (_, args, code, reason) => {
    const arrivals = new Arrivals((socket) => {
      // Behind a message, which must arrive first.
      socket.send("last words");
      socket.close(...args);
    });
    world.site.serve(arrivals.handler);
    const [words, events] = await world.page.evaluate(async (url) => {
      const peer = await inPage.open(url);
      return [await peer.message(), await peer.end()] as const;
    }, world.url);
    expect(words).toBe("last words");
    expect(events).toEqual([{ type: "close", code, reason, wasClean: true }]);
    const { closed } = await arrivals.next();
    expect(await closed).toMatchObject({ code, wasClean: true });
  });

  it("receives 1001 from a server that shuts down, which waits for the close", async () => {
    const arrivals = new Arrivals();
    const server = world.site.serve(arrivals.handler);
    const events = world.page.evaluate(async (url) => (await inPage.open(url)).end(), world.url);
    const { closed } = await arrivals.next();
    await server.close({ reason: "maintenance" });
    expect(await events).toEqual([{ type: "close", code: 1001, reason: "maintenance", wasClean: true }]);
    expect(await closed).toMatchObject({ code: 1001, wasClean: true });
    expect(server.connections).toBe(0);
  });

  it("sees 1006, not clean, when the server drops the transport", async () => {
    const arrivals = new Arrivals((socket) => {
      // Triggered by a message of the page, which has then received the response.
      socket.onmessage = () => socket.terminate();
    });
    world.site.serve(arrivals.handler);
    const events = world.page.evaluate(async (url) => {
      const peer = await inPage.open(url);
      peer.socket.send("drop me");
      return peer.end();
    }, world.url);
    const { closed } = await arrivals.next();
    expect((await events).at(-1)).toEqual({ type: "close", code: 1006, reason: "", wasClean: false });
    expect(await closed).toMatchObject({ code: 1006, wasClean: false });
  });

  it("receives 1009 when its message is longer than the server allows", async () => {
    const arrivals = new Arrivals();
    world.site.serve(arrivals.handler, { limits: { message: 1_000 } });
    const events = world.page.evaluate(async (url) => {
      const peer = await inPage.open(url);
      peer.socket.send("x".repeat(1_001));
      return peer.end();
    }, world.url);
    expect((await events).at(-1)).toMatchObject({ type: "close", code: 1009 });
    const { closed } = await arrivals.next();
    expect(await closed).toMatchObject({ code: 1006 });
  });

  it("that navigates away sends 1001 or loses the transport, and the server notices at once", async () => {
    const arrivals = new Arrivals();
    world.site.serve(arrivals.handler);
    const page = await world.context.newPage();
    await page.goto(world.origin);
    await page.evaluate(async (url) => {
      await inPage.open(url);
    }, world.url);
    const { closed } = await arrivals.next();
    await page.goto("about:blank");
    expect([1001, 1006]).toContain((await closed).code);
    await page.close();
  });
});
