/** The opening handshake of a browser with our server: transport, subprotocol, and access control. */
import type { OpeningHandler } from "@hybi/websocket";
import { expect, it } from "vitest";
import { Arrivals, echo } from "./servers.ts";
import { ways } from "./site.ts";
import { describeInPage, type World } from "./world.ts";

/** Returns the events of a socket that the server does not accept. */
function refused({ page, url }: World): Promise<unknown[]> {
  return page.evaluate((where) => new inPage.PagePeer(where).end(), url);
}

const refusal = [{ type: "error" }, { type: "close", code: 1006, reason: "", wasClean: false }];

describeInPage("a page", ways, (world) => {
  it("opens a socket with an Upgrade or, if the page was loaded over HTTP/2, in a stream of the same session", async () => {
    const arrivals = new Arrivals();
    world.site.serve(arrivals.handler);
    const protocol = await world.page.evaluate(async (url) => {
      await inPage.open(url);
      const [entry] = performance.getEntriesByType("navigation");
      return (entry as PerformanceResourceTiming).nextHopProtocol;
    }, world.url);
    const { request, socket } = await arrivals.next();
    const overHttp2 = world.way === "wss over HTTP/2";
    expect(protocol).toBe(overHttp2 ? "h2" : "http/1.1");
    expect(request.bootstrap).toBe(overHttp2 ? "extended-connect" : "upgrade");
    // RFC 8441 §5: these fields belong to HTTP/1.1 only.
    expect(request.key === undefined).toBe(overHttp2);
    expect(request.fields.some(([name]) => name.toLowerCase() === "upgrade")).toBe(!overHttp2);
    // One connection for page and sockets, or one for the page and one for each socket.
    expect(world.site.connections(world.way)).toBe(overHttp2 ? 1 : 2);
    socket.terminate();
  });

  it("sends its origin and its cookies, and keeps the cookie of the response", async () => {
    const arrivals = new Arrivals(undefined, { fields: [["Set-Cookie", "given=by-the-server"]] });
    world.site.serve(arrivals.handler);
    await world.context.addCookies([{ name: "session", value: "secret", url: world.origin, httpOnly: true }]);
    await world.page.evaluate(async (url) => {
      await inPage.open(url);
      await inPage.open(url);
    }, world.url);
    const [first, second] = [await arrivals.next(), await arrivals.next()];
    expect(first.request.origin).toBe(world.origin);
    expect(cookiesOf(first.request.fields)).toEqual(["session=secret"]);
    expect(cookiesOf(second.request.fields)).toEqual(["given=by-the-server", "session=secret"]);
    first.socket.terminate();
    second.socket.terminate();
  });

  it("has the subprotocol selected by the server", async () => {
    const arrivals = new Arrivals(undefined, { subprotocol: "chat.v2" });
    world.site.serve(arrivals.handler);
    const chosen = await world.page.evaluate(async (url) => {
      const { socket } = await inPage.open(url, ["chat.v1", "chat.v2"]);
      return socket.protocol;
    }, world.url);
    expect(chosen).toBe("chat.v2");
    const { request, socket } = await arrivals.next();
    expect(request.subprotocols).toEqual(["chat.v1", "chat.v2"]);
    socket.terminate();
  });

  const refusing: [string, OpeningHandler][] = [
    ["rejects it with 403", (opening) => opening.reject({ status: 403, body: "not you" })],
    ["requires credentials with 401", (opening) => opening.reject({ status: 401 })],
    ["redirects it", (opening) => opening.reject({ status: 302, fields: [["Location", "/elsewhere"]] })],
    ["throws", () => Promise.reject(new Error("broken"))],
    ["does not respond", () => {}],
  ];
  it.each(refusing)("receives only an error and 1006, when the server %s", async (_, handler) => {
    world.site.serve(handler, { onError: () => {} });
    expect(await refused(world)).toEqual(refusal);
  });

  it("is accepted or rejected by its origin", async () => {
    world.site.serve(echo, { origins: ["https://example.com"] });
    expect(await refused(world)).toEqual(refusal);
    world.site.serve(echo, { origins: [world.origin] });
    const isOpen = await world.page.evaluate(
      async (url) => (await inPage.open(url)).socket.readyState === 1,
      world.url,
    );
    expect(isOpen).toBe(true);
  });
});

function cookiesOf(fields: readonly (readonly [string, string])[]): string[] {
  return fields
    .filter(([name]) => name.toLowerCase() === "cookie")
    .flatMap(([, value]) => value.split("; "))
    .sort();
}
