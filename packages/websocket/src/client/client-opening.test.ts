import { Endpoint, plainAgreement, type Violation } from "@hybi/core";
import type { Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { TestClock, turn, until } from "../../tests/support/clock.ts";
import { story, World } from "../../tests/support/link.ts";
import type { FailureEvent } from "../dom/socket-events.ts";
import { OpeningError } from "../failure/opening-error.ts";
import { hasRequestContexts } from "../platform/runtime.ts";
import { silentListener } from "../pump/listener.ts";
import { Pump } from "../pump/pump.ts";
import type { IncomingOpening } from "../server/incoming-opening.ts";
import { createTransportPair } from "../transport/pair.ts";
import { createWebSocketClass } from "./create-websocket-class.ts";
import type { ConnectTarget } from "./socket-options.ts";

/** The error with which `connect` reports an HTTP response. */
function rejected(status: number, fields: Fields, body = new Uint8Array(0)): OpeningError {
  return new OpeningError({ kind: "rejected", response: { status, reasonPhrase: "", minorVersion: 1, fields }, body });
}

describe("connections to one host", () => {
  it.skipIf(hasRequestContexts)(
    "are opened one after the other, each once the previous one is open or has failed [C14]",
    async () => {
      const openings: IncomingOpening[] = [];
      const world = new World({ handler: (opening) => new Promise(() => openings.push(opening)) });
      const sockets = ["a", "b", "c", "d"].map((name) => new world.WebSocket(`ws://one.example/${name}`));
      const other = new world.WebSocket("ws://other.example/");
      await turn();
      expect(openings.map(({ request }) => request.resourceName)).toEqual(["/a", "/"]);
      openings[0]?.accept();
      await until(() => openings.length === 3);
      expect(sockets.map(({ readyState }) => readyState)).toEqual([1, 0, 0, 0]);
      openings[2]?.reject({ status: 500 });
      await until(() => openings.length === 4);
      sockets[2]?.close();
      await until(() => openings.length === 5);
      expect(openings.map(({ request }) => request.resourceName)).toEqual(["/a", "/", "/b", "/c", "/d"]);
      sockets[3]?.terminate();
      other.close();
      await until(() => sockets[3]?.readyState === 3 && other.readyState === 3);
    },
  );

  it("may be aborted while they wait for their turn [C14]", async () => {
    const world = new World({ handler: () => new Promise(() => {}) });
    const first = new world.WebSocket("ws://wait.example/");
    const second = new world.WebSocket("ws://wait.example/");
    second.close();
    await until(() => second.readyState === 3);
    first.close();
    await until(() => first.readyState === 3);
    expect(world.near.length).toBeLessThan(2);
  });

  it("are opened concurrently when the application asks for it", async () => {
    const openings: IncomingOpening[] = [];
    const world = new World({ handler: (opening) => new Promise(() => openings.push(opening)) });
    const sockets = [1, 2].map(() => new world.WebSocket("ws://one.example/", { concurrentOpenings: true }));
    await until(() => openings.length === 2);
    for (const socket of sockets) socket.close();
    await until(() => sockets.every(({ readyState }) => readyState === 3));
  });
});

describe("a redirect", () => {
  function redirecting(location: (resourceName: string) => string | undefined) {
    const seen: [target: ConnectTarget["url"], fields: readonly (readonly [string, string])[]][] = [];
    const world: World = new World({
      handler: (opening): unknown => {
        const to = location(opening.request.resourceName);
        seen.push([undefined as never, opening.request.fields]);
        return to === undefined
          ? world.accepted.push(opening.accept())
          : opening.reject({ status: 307, fields: [["Location", to]] });
      },
    });
    return { world, seen };
  }

  it("is followed as often as the application allows, and no further [C15]", async () => {
    const { world, seen } = redirecting((name) => (name === "/3" ? undefined : `/${Number(name.slice(1)) + 1}`));
    const good = new world.WebSocket("ws://example.com/0", { followRedirects: 3 });
    await until(() => good.readyState === 1);
    expect(seen).toHaveLength(4);
    expect(good.url).toBe("ws://example.com/0");
    const bad = new world.WebSocket("ws://example.com/0", { followRedirects: 2 });
    const events = story(bad);
    await until(() => events.length === 2);
    expect(events[0]).toBe("error 3 The server answered 307 Temporary Redirect.");
    expect(new Set(seen.map(([, fields]) => fields.find(([name]) => name === "Sec-WebSocket-Key")?.[1])).size).toBe(7);
  });

  it("does not make the time for opening start again, even one that is read when that is over", async () => {
    let hops = 0;
    const { world, seen } = redirecting((name) => {
      // The time passes while no timer can run.
      if (++hops % 10 === 0) world.clock.pass(105);
      return hops > 500 ? undefined : name;
    });
    const socket = new world.WebSocket("ws://example.com/", { followRedirects: 1000, deadlines: { opening: 100 } });
    const events = story(socket);
    await until(() => events.length === 2);
    expect(events[0]).toContain("deadline/opening");
    expect(seen).toHaveLength(10);
  });

  it("to another host drops credentials, and to the same host keeps them [C15]", async () => {
    const { world, seen } = redirecting((name) =>
      name === "/" ? "/same" : name === "/same" ? "wss://other.example/end" : undefined,
    );
    const client = new world.WebSocket("ws://user:secret@example.com/", {
      followRedirects: 5,
      fields: [
        ["Authorization", "Bearer x"],
        ["X-Other", "1"],
      ],
      cookies: [["a", "b"]],
    });
    await until(() => client.readyState === 1);
    const names = seen.map(([, fields]) =>
      fields.map(([name]) => name).filter((name) => /^(Auth|Cookie|X-)/.test(name)),
    );
    expect(names).toEqual([
      ["Cookie", "Authorization", "X-Other"],
      ["Cookie", "Authorization", "X-Other"],
      ["X-Other"],
    ]);
  });

  it("to another origin is reported to the adapter for the rest of the attempt [C15] [V05]", async () => {
    const next = ["/same", "ws://other.example/", "ws://example.com/", undefined];
    const told: string[] = [];
    const Told = createWebSocketClass(({ url, sameOrigin }) => {
      told.push(`${url.authority}${url.resourceName} ${sameOrigin ? "same" : "other"}`);
      const location = next.shift();
      if (location === undefined) throw new Error("not today");
      throw rejected(307, [["Location", location]]);
    });
    const socket = new Told("ws://example.com/", { followRedirects: 5 });
    await until(() => socket.readyState === 3);
    expect(told).toEqual(["example.com/ same", "example.com/same same", "other.example/ other", "example.com/ other"]);
  });

  it("from wss to ws is not followed [C15]", async () => {
    const { world } = redirecting(() => "ws://example.com/insecure");
    const client = new world.WebSocket("wss://example.com/", { followRedirects: 5 });
    await until(() => client.readyState === 3);
    expect(world.near).toHaveLength(1);
  });
});

describe("connect", () => {
  it("receives the URL, the opening and the application's transport options", async () => {
    const targets: ConnectTarget[] = [];
    const Told = createWebSocketClass((target) => {
      targets.push(target);
      throw new Error("not today");
    });
    const socket = new Told("wss://[::1]:8443/x?y", { transportOptions: { ca: "…" }, protocols: "chat" });
    const events = story(socket);
    await until(() => events.length === 2);
    expect(targets[0]?.url).toMatchObject({ secure: true, address: "::1", port: 8443, resourceName: "/x?y" });
    expect(targets[0]?.options).toEqual({ ca: "…" });
    expect(targets[0]?.opening.subprotocols).toEqual(["chat"]);
    expect(events[0]).toBe("error 3 not today");
  });

  it("may report that the server responded with another status", async () => {
    const Refused = createWebSocketClass(() => {
      throw rejected(403, [], Uint8Array.of(1));
    });
    const socket = new Refused("ws://example.com/");
    const errors: FailureEvent[] = [];
    socket.onerror = (event) => errors.push(event);
    await until(() => socket.readyState === 3);
    expect(errors[0]).toMatchObject({
      failure: { kind: "rejected", response: { status: 403 }, body: Uint8Array.of(1) },
      message: "The server answered 403.",
    });
  });

  it("may wrap what it reports in an error of its own", async () => {
    const Refused = createWebSocketClass(() => {
      throw new Error("no connection", { cause: rejected(403, []) });
    });
    const socket = new Refused("ws://example.com/");
    const errors: FailureEvent[] = [];
    socket.onerror = (event) => errors.push(event);
    await until(() => socket.readyState === 3);
    expect(errors[0]?.failure).toMatchObject({ kind: "rejected", response: { status: 403 } });
  });

  it("may report that the server redirected it or broke a rule", async () => {
    const asked: string[] = [];
    const violation = { code: "opening/subprotocol-missing" } as Violation;
    const Refused = createWebSocketClass(({ url }) => {
      asked.push(url.resourceName);
      if (url.resourceName === "/end") throw new OpeningError({ kind: "violation", violation });
      throw rejected(307, [["Location", "/end"]]);
    });
    const socket = new Refused("ws://example.com/", { followRedirects: 1 });
    const errors: FailureEvent[] = [];
    socket.onerror = (event) => errors.push(event);
    await until(() => socket.readyState === 3);
    expect(asked).toEqual(["/", "/end"]);
    expect(errors[0]?.failure).toEqual({ kind: "violation", violation });
  });

  it("may return an agreement of its own and bytes that came with it [R36]", async () => {
    const [near, far] = createTransportPair();
    const rest = Uint8Array.of(0x81, 0x02, 0x68, 0x69);
    const Agreed = createWebSocketClass(() => ({
      transport: near,
      agreement: { ...plainAgreement("client"), subprotocol: "h2" },
      rest,
    }));
    const heard: unknown[] = [];
    const server = new Pump({
      endpoint: Endpoint.fromAgreement(plainAgreement("server")),
      transport: far,
      listener: { ...silentListener, text: (data) => heard.push(data) },
      clock: new TestClock(),
    });
    server.start();
    const client = new Agreed("wss://example.com/", ["h2"]);
    const events = story(client);
    client.addEventListener("open", () => client.send("over h2"));
    await until(() => heard.length === 1);
    expect(heard).toEqual(["over h2"]);
    expect(events).toEqual(["open", "message hi"]);
    expect(client.protocol).toBe("h2");
    client.terminate();
    await until(() => client.readyState === 3);
  });

  it("fails when its agreement names unknown extensions, and its transport is dropped [R15]", async () => {
    const [near, far] = createTransportPair();
    let isDropped = false;
    const close = () => {
      isDropped = true;
    };
    far.start({ data() {}, drain() {}, end() {}, error() {}, close });
    const agreement = { ...plainAgreement("client"), extensions: [{ name: "x", parameters: [] }] };
    const socket = new (createWebSocketClass(() => ({ transport: near, agreement })))("ws://example.com/");
    const events = story(socket);
    await until(() => events.length === 2);
    expect(events[0]).toMatch(/^error 3 .*extension/);
    await until(() => isDropped);
  });

  it("has its transport dropped when it resolves too late, with or without an agreement", async () => {
    for (const isAgreed of [false, true]) {
      const clock = new TestClock();
      const [near, far] = createTransportPair();
      let give: () => void = () => {};
      const Late = createWebSocketClass(
        () =>
          new Promise<typeof near | { transport: typeof near; agreement: ReturnType<typeof plainAgreement> }>(
            (resolve) => {
              give = () => resolve(isAgreed ? { transport: near, agreement: plainAgreement("client") } : near);
            },
          ),
        { runtime: { clock } },
      );
      const socket = new Late("ws://late.example/");
      await clock.advance(10_000);
      expect(socket.readyState).toBe(3);
      let isClosed = false;
      far.start({ data() {}, drain() {}, end() {}, error() {}, close: () => (isClosed = true) });
      give();
      await until(() => isClosed);
    }
  });

  it("may reject when its signal is aborted, which has no further effect", async () => {
    const Aborting = createWebSocketClass(
      ({ signal }) =>
        new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
    );
    const socket = new Aborting("ws://aborting.example/");
    const events = story(socket);
    await turn();
    socket.close();
    await turn();
    expect(events).toEqual(["error 3 The connection was given up.", "close 3 1006 unclean"]);
    await expect(socket.messages().next()).rejects.toMatchObject({ failure: { kind: "given-up" } });
  });
});
