import { prepareBinary, prepareText } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { silentSink } from "../../tests/support/by-hand.ts";
import { turn, until } from "../../tests/support/clock.ts";
import { codeOf, statusOf } from "../../tests/support/failures.ts";
import { clientRequest } from "../../tests/support/http.ts";
import { story, thrown, World } from "../../tests/support/link.ts";
import type { WebSocket } from "../socket/websocket.ts";
import { createTransportPair } from "../transport/pair.ts";
import type { IncomingOpening } from "./incoming-opening.ts";
import { WebSocketServer } from "./server.ts";

describe("the handler", () => {
  it("receives the request, and accepts with a subprotocol and fields, at once or later", async () => {
    const openings: IncomingOpening[] = [];
    const world: World = new World({
      handler: async (opening): Promise<void> => {
        openings.push(opening);
        await turn();
        world.accepted.push(opening.accept({ subprotocol: "chat", fields: [["Set-Cookie", "a=b"]] }));
      },
    });
    const { client, server } = await world.connected({ protocols: ["chat"], fields: [["X-Test", "1"]] });
    expect(openings[0]?.request.fields).toContainEqual(["X-Test", "1"]);
    expect(openings[0]?.url).toBe("ws://example.com/");
    expect([client.protocol, server.protocol]).toEqual(["chat", "chat"]);
    expect(() => openings[0]?.accept()).toThrow(/no opening request to answer/);
    expect(() => openings[0]?.reject({ status: 400 })).toThrow(/no opening request to answer/);
  });

  it.each([
    ["does not respond", () => {}, 404, 0],
    [
      "throws",
      () => {
        throw new Error("oops");
      },
      500,
      1,
    ],
    ["rejects its promise", () => Promise.reject(new Error("oops")), 500, 1],
    [
      "throws after rejecting",
      (opening: IncomingOpening) => {
        opening.reject({ status: 410 });
        throw new Error("oops");
      },
      410,
      1,
    ],
    [
      "chooses a subprotocol that was not offered",
      (opening: IncomingOpening) => opening.accept({ subprotocol: "x" }),
      500,
      1,
    ],
  ])("that %s causes a rejection", async (_, handler, status, reported) => {
    const world = new World({ handler });
    const client = new world.WebSocket("ws://example.com/");
    let answer = 0;
    client.onerror = ({ failure }) => (answer = statusOf(failure));
    await until(() => client.readyState === 3);
    expect(answer).toBe(status);
    expect(world.clock.reported).toHaveLength(reported);
    await until(() => world.server.connections === 0);
  });

  it("may accept a client that has left: the socket closes shortly after", async () => {
    let accept: () => WebSocket = () => {
      throw new Error("no request");
    };
    let asked = false;
    const world = new World({
      handler: (opening) =>
        new Promise(() => {
          accept = () => opening.accept();
          asked = true;
        }),
    });
    const client = new world.WebSocket("ws://example.com/");
    await until(() => asked);
    client.terminate();
    await until(() => world.server.connections === 0);
    const socket = accept();
    const events = story(socket);
    await turn();
    expect(events).toEqual(["error 3 The peer dropped the transport.", "close 3 1006 unclean"]);
    expect(world.server.sockets.size).toBe(0);
  });

  it("receives messages that came with the request once it has had time to listen", async () => {
    const [near, far] = createTransportPair();
    const lines: string[][] = [];
    const server = new WebSocketServer((opening) => {
      lines.push(story(opening.accept()));
    });
    server.receive(far, { secure: true });
    near.start(silentSink);
    near.write([clientRequest("/x"), Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69)]);
    await until(() => lines[0]?.length === 1);
    near.write([Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x21)]);
    await until(() => lines[0]?.length === 2);
    expect(lines).toEqual([["message hi", "message !"]]);
    expect([...server.sockets][0]?.url).toBe("wss://example.com/x");
  });

  it("receives early messages in order even if the transport ends at once", async () => {
    const tasks: (() => void)[] = [];
    const [near, far] = createTransportPair({ schedule: (task) => tasks.push(task) });
    const run = () => {
      for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) task();
    };
    const openings: IncomingOpening[] = [];
    const server = new WebSocketServer((opening) => new Promise(() => openings.push(opening)));
    server.receive(far);
    near.start(silentSink);
    near.write([clientRequest("/"), Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x31)]);
    run();
    const [opening] = openings;
    if (opening === undefined) throw new Error("nobody asked");
    const lines = story(opening.accept());
    near.write([Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x32)]);
    near.end();
    run();
    expect(lines).toEqual([
      "message 1",
      "message 2",
      "error 3 The peer closed the transport without a Close frame.",
      "close 3 1006 unclean",
    ]);
  });
});

describe("an accepted socket", () => {
  it.each([1001, 1003, 1008, 1013])("may close with %s, unlike a client", async (code) => {
    const world: World = new World({
      handler: async (opening): Promise<void> => {
        if (opening.request.resourceName !== "/stream") world.accepted.push(opening.accept());
        else opening.acceptStream().close({ closeCode: code, reason: "why" });
      },
    });
    const { client, server } = await world.connected();
    const lines = story(client);
    server.close(code, "why");
    await until(() => client.readyState === 3);
    expect(lines).toEqual([`close 3 ${code} why clean`]);
    const stream = new world.WebSocketStream("ws://example.com/stream");
    expect(await stream.closed).toEqual({ closeCode: code, reason: "why" });
  });

  it.each([1005, 1006, 1010, 1015, 2999, 5000])("may not close with %s [X05, X18]", async (code) => {
    const { server } = await new World().connected();
    expect(thrown(() => server.close(code))).toMatchObject({
      name: "InvalidAccessError",
      message: expect.stringContaining("a server may send"),
    });
    expect(server.readyState).toBe(1);
  });
});

describe("a client that is a program", () => {
  const options = (clock: World["clock"]) => ({ runtime: { clock, closer: "program" as const } });

  it.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999])(
    "may close with %s, and so may its streams (RFC 6455 §7.4.1)",
    async (code) => {
      const ends: unknown[] = [];
      const world: World = new World({
        handler: async (opening): Promise<void> => {
          if (opening.request.resourceName === "/stream") ends.push(await opening.acceptStream().opened);
          else world.accepted.push(opening.accept());
        },
      });
      const { client, server } = await world.connected(options(world.clock));
      const lines = story(server);
      client.close(code, "why");
      await until(() => server.readyState === 3);
      expect(lines).toEqual([`close 3 ${code} why clean`]);
      const stream = new world.WebSocketStream("ws://example.com/stream", options(world.clock));
      await stream.opened;
      stream.close({ closeCode: code, reason: "why" });
      // RFC 6455 §5.5.1: the server echoes the code; §7.4.1: but not 1010.
      expect(await stream.closed).toEqual({ closeCode: code === 1010 ? 1000 : code, reason: "" });
    },
  );

  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000])("may not close with %s [X05]", async (code) => {
    const world = new World();
    const { client } = await world.connected(options(world.clock));
    expect(thrown(() => client.close(code))).toMatchObject({
      name: "InvalidAccessError",
      message: expect.stringContaining("a program may send"),
    });
    expect(client.readyState).toBe(1);
  });

  it("is none by default, and an unknown closer is an error", async () => {
    const world = new World();
    const { client } = await world.connected();
    expect(thrown(() => client.close(1001)).name).toBe("InvalidAccessError");
    const runtime = { closer: "server" as "page" };
    expect(thrown(() => new world.WebSocket("ws://example.com/", { runtime })).code).toBe("option/range");
  });
});

describe("a handler that fails after accepting", () => {
  it("closes the socket with 1011, and its error is reported", async () => {
    const world: World = new World({
      handler: (opening) => {
        world.accepted.push(opening.accept());
        throw new Error("oops");
      },
    });
    const client = new world.WebSocket("ws://example.com/");
    const events = story(client);
    await until(() => client.readyState === 3);
    expect(events).toEqual(["open", "close 3 1011 clean"]);
    expect(world.clock.reported).toMatchObject([{ message: "oops" }]);
  });

  it("is not reported when its loop over messages ended with the connection", async () => {
    let ended = 0;
    const world: World = new World({
      handler: async (opening) => {
        const socket = opening.accept();
        world.accepted.push(socket);
        try {
          for await (const message of socket) socket.send(message);
        } finally {
          ended++;
        }
      },
    });
    await world.connected();
    world.near[0]?.lose(new Error("cut"));
    await until(() => ended === 1);
    await turn();
    expect(world.clock.reported).toEqual([]);
  });
});

describe("onFailure", () => {
  it("receives a request that breaks a rule with its address; an error that it throws is reported", async () => {
    const failures: unknown[] = [];
    const world = new World({
      server: {
        onFailure: (failure, info) => {
          failures.push([codeOf(failure), info.remoteAddress]);
          throw new Error("oops");
        },
      },
    });
    const [near, far] = createTransportPair();
    near.start(silentSink);
    world.server.receive(far, { remoteAddress: "there" });
    near.write([new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")]);
    await until(() => failures.length > 0);
    expect(failures).toEqual([["opening/host-missing", "there"]]);
    expect(world.clock.reported).toMatchObject([{ message: "oops" }]);
  });
});

describe("admission", () => {
  it("depends on the origin when the server lists origins", async () => {
    const world = new World({ server: { origins: ["https://example.com"] } });
    const good = new world.WebSocket("ws://example.com/", { origin: "https://example.com" });
    await until(() => good.readyState === 1);
    const bad = new world.WebSocket("ws://example.com/", { origin: "https://evil.example" });
    let status = 0;
    bad.onerror = ({ failure }) => (status = statusOf(failure));
    await until(() => bad.readyState === 3);
    expect(status).toBe(403);
    expect(() => new WebSocketServer(() => {}, { origins: ["https://example.com/path"] })).toThrow(/origin/);
    expect(() => new WebSocketServer(() => {}, { limits: { message: -1 } })).toThrow(/limits.message/);
  });

  it("is limited in number: the next opening is rejected with 503", async () => {
    const world = new World({ server: { maxConnections: 1 } });
    await world.connected();
    const second = new world.WebSocket("ws://example.com/");
    let status = 0;
    second.onerror = ({ failure }) => (status = statusOf(failure));
    await until(() => second.readyState === 3);
    expect(status).toBe(503);
    expect(world.server.sockets.size).toBe(1);
    await until(() => world.server.connections === 1);
  });
});

describe("receiveUpgrade", () => {
  it("takes a request head that was parsed already, and the bytes behind it", async () => {
    const [near, far] = createTransportPair();
    const lines: string[][] = [];
    const server = new WebSocketServer((opening) => {
      lines.push(story(opening.accept()));
    });
    const received: Uint8Array[] = [];
    near.start({ data: (chunk) => received.push(chunk), drain() {}, end() {}, error() {}, close() {} });
    const fields = [
      ["Host", "example.com"],
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
      ["Sec-WebSocket-Version", "13"],
    ] as const;
    const head = { method: "GET", target: "/chat", minorVersion: 1, fields };
    server.receiveUpgrade(far, head, Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x21));
    await until(() => lines[0]?.length === 1);
    expect(lines).toEqual([["message !"]]);
    await until(() => received.length > 0);
    expect(new TextDecoder().decode(received[0])).toMatch(/^HTTP\/1\.1 101 /);
    const [other, otherFar] = createTransportPair();
    other.start(silentSink);
    server.receiveUpgrade(otherFar, head, new Uint8Array(0));
    await until(() => server.sockets.size === 2);
  });
});

describe("broadcast", () => {
  it("sends to all open sockets except excluded ones and those that do not keep up", async () => {
    const world = new World();
    const one = await world.connected();
    const two = await world.connected();
    const three = await world.connected();
    const heard: string[] = [];
    for (const [name, { client }] of Object.entries({ one, two, three })) {
      client.binaryType = "arraybuffer";
      client.onmessage = ({ data }) => heard.push(`${name} ${typeof data === "string" ? data : "bytes"}`);
    }
    expect(world.server.broadcast("all")).toBe(3);
    expect(world.server.broadcast(Uint8Array.of(1), { except: one.server })).toBe(2);
    expect(world.server.broadcast("ä", { except: [one.server, two.server] })).toBe(1);
    expect(world.server.broadcast(prepareText("prepared"), { except: [one.server, two.server] })).toBe(1);
    expect(world.server.broadcast(prepareBinary(Uint8Array.of(1, 2)), { except: [one.server, two.server] })).toBe(1);
    await until(() => heard.length === 8);
    expect(heard.filter((line) => !line.startsWith("three")).sort()).toEqual(["one all", "two all", "two bytes"]);
    expect(heard.filter((line) => line.startsWith("three"))).toEqual([
      "three all",
      "three bytes",
      "three ä",
      "three prepared",
      "three bytes",
    ]);
    one.client.pause();
    await turn();
    one.server.send(new Uint8Array(500_000));
    await turn();
    expect(world.server.broadcast("x", { maxBuffered: 100_000 })).toBe(2);
    two.server.close();
    expect(world.server.broadcast("x")).toBe(2);
    expect(() => world.server.broadcast(new Blob([]) as never)).toThrow(TypeError);
  });

  it("keeps its place among Blobs that are being read", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    const events = story(client);
    server.send(new Blob(["blob"]));
    world.server.broadcast("after");
    await until(() => events.length === 2);
    expect(events).toEqual(["message blob", "message after"]);
    expect(server.bufferedAmount).toBe(0);
  });
});

describe("close", () => {
  it("sends 1001 to all, rejects openings, aborts unresponsive clients, and resolves when all are gone", async () => {
    const openings: IncomingOpening[] = [];
    const world: World = new World({
      handler: (opening): unknown =>
        opening.request.resourceName === "/wait"
          ? new Promise(() => openings.push(opening))
          : world.accepted.push(opening.accept()),
    });
    const { client } = await world.connected();
    const events = story(client);
    const asking = new world.WebSocket("ws://example.com/wait");
    let status = 0;
    asking.onerror = ({ failure }) => (status = statusOf(failure));
    await until(() => openings.length === 1);
    const [silent, silentFar] = createTransportPair();
    let silentClosed = false;
    silent.start({ data() {}, drain() {}, end() {}, error() {}, close: () => (silentClosed = true) });
    world.server.receive(silentFar);
    await world.server.close({ reason: "maintenance" });
    await turn();
    expect(events).toEqual(["close 3 1001 maintenance clean"]);
    expect(status).toBe(503);
    expect(silentClosed).toBe(true);
    expect(world.server.connections).toBe(0);
    const late = new world.WebSocket("ws://example.com/");
    late.onerror = ({ failure }) => (status += statusOf(failure));
    await until(() => late.readyState === 3);
    expect(status).toBe(2 * 503);
    await world.server.close();
  });

  it("waits no longer than its timeout for sockets, streams and openings", async () => {
    const world: World = new World({
      handler: (opening): unknown =>
        opening.request.resourceName === "/stream" ? opening.acceptStream() : world.accepted.push(opening.accept()),
    });
    await world.connected();
    const stream = new world.WebSocketStream("ws://example.com/stream");
    await stream.opened;
    stream.closed.catch(() => {});
    for (const near of world.near) near.pause();
    const [silent, silentFar] = createTransportPair();
    silent.start(silentSink);
    silent.write([clientRequest("/").subarray(0, 20)]);
    world.server.receive(silentFar);
    await turn();
    let done = false;
    void world.server.close({ timeout: 3_000 }).then(() => (done = true));
    await world.clock.advance(2_999);
    expect(done).toBe(false);
    await world.clock.advance(1);
    expect(done).toBe(true);
    expect(world.server.connections).toBe(0);
  });

  it("aborts a client that does not receive even its rejection", async () => {
    const openings: IncomingOpening[] = [];
    const world = new World({ handler: (opening) => new Promise(() => openings.push(opening)) });
    const client = new world.WebSocket("ws://example.com/");
    await until(() => openings.length === 1);
    world.near[0]?.pause();
    let done = false;
    void world.server.close({ timeout: 100 }).then(() => (done = true));
    await world.clock.advance(100);
    expect(done).toBe(true);
    client.close();
    await until(() => client.readyState === 3);
  });

  it("closes a socket that a slow handler accepts afterwards", async () => {
    const openings: IncomingOpening[] = [];
    const world = new World({ handler: (opening) => new Promise(() => openings.push(opening)) });
    const client = new world.WebSocket("ws://example.com/");
    await until(() => openings.length === 1);
    const closed = world.server.close();
    const socket = openings[0]?.accept();
    await closed;
    await until(() => client.readyState === 3 && socket?.readyState === 3);
  });
});
