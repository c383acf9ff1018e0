/** What a server counts, and what tells its connections apart in a log. */
import type { Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { whenOpen } from "../../src/client/when-open.ts";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import { createListeningServer } from "../../src/server/listening.ts";
import { type ServerOptions, WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { tap } from "../../src/transport/tap.ts";
import { HandClient } from "../support/by-hand.ts";
import { TestClock, turn, until } from "../support/clock.ts";
import { clientRequest } from "../support/http.ts";
import { World } from "../support/link.ts";

const never = Number.POSITIVE_INFINITY;

/** The reasons that were counted, and how often. */
function reasons(server: WebSocketServer): Record<string, number> {
  return Object.fromEntries(Object.entries(server.totals.refusals).filter(([, count]) => count > 0));
}

describe("the totals of a server", () => {
  it("count what is open, what is opening, and all that was accepted, sockets and streams", async () => {
    const asked: IncomingOpening[] = [];
    const world = new World({
      server: { deadlines: { opening: never } },
      handler: (opening) => {
        if (opening.request.resourceName === "/socket") opening.accept();
        else if (opening.request.resourceName === "/stream") opening.acceptStream();
        else return new Promise(() => asked.push(opening));
        return undefined;
      },
    });
    const counts = (): number[] => {
      const { connections, open, opening, accepted } = world.server.totals;
      return [connections, open, opening, accepted];
    };
    expect(counts()).toEqual([0, 0, 0, 0]);
    const socket = new world.WebSocket("ws://a.example/socket");
    const stream = new world.WebSocketStream("ws://b.example/stream");
    await Promise.all([whenOpen(socket), stream.opened]);
    expect(counts()).toEqual([2, 2, 0, 2]);
    const late = new world.WebSocket("ws://c.example/later");
    await until(() => asked.length === 1);
    const pending = world.server.admit(() => {});
    expect(counts()).toEqual([4, 2, 2, 2]);
    pending?.end();
    asked[0]?.accept();
    await whenOpen(late);
    expect(counts()).toEqual([3, 3, 0, 3]);
    socket.close();
    stream.close();
    await until(() => world.server.connections === 1);
    expect(counts()).toEqual([1, 1, 0, 3]);
    await world.server.close();
    expect(counts()).toEqual([0, 0, 0, 3]);
    expect(reasons(world.server)).toEqual({});
  });

  it("are plain data of their moment", async () => {
    const world = new World();
    const before = world.server.totals;
    await world.connected();
    world.server.failed({ kind: "transport", error: new Error("TLS") });
    expect([before.open, before.refusals.tls, world.server.totals.refusals.tls]).toEqual([0, 0, 1]);
    expect(JSON.parse(JSON.stringify(world.server.totals))).toEqual(world.server.totals);
  });

  const refused: [
    reason: string,
    options: ServerOptions,
    attempt: (server: WebSocketServer, clock: TestClock) => unknown,
  ][] = [
    ["connections", { maxConnections: 0 }, (server) => server.receive(new HandClient().far)],
    ["connections", { maxConnections: 0 }, (server) => server.admit(() => {})],
    [
      "address",
      { openingsPerAddress: 1 },
      (server) => {
        for (let count = 0; count < 2; count++) server.receive(new HandClient().far, { remoteAddress: "192.0.2.1" });
      },
    ],
    [
      "session",
      { streamsPerSession: 1 },
      (server) => {
        const session = {};
        for (let count = 0; count < 2; count++) {
          const accept = () => createTransportPair()[0];
          server.receiveStream({ session, onLost: undefined, accept, reject() {}, abort() {} }, extendedConnect);
        }
      },
    ],
    [
      "stopped",
      {},
      (server) => {
        server.stopAccepting();
        server.receive(new HandClient().far);
      },
    ],
    [
      "stopped",
      {},
      async (server) => {
        await server.close();
        request(server, clientRequest("/"));
      },
    ],
    [
      "stopped",
      {},
      (server) => {
        request(server, clientRequest("/later"));
        return turn().then(() => server.close());
      },
    ],
    ["invalid", {}, (server) => request(server, new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))],
    [
      "late",
      {},
      (server, clock) => {
        server.receive(new HandClient().far);
        return clock.advance(10_000);
      },
    ],
    ["handler", {}, (server) => request(server, clientRequest("/rejected"))],
    ["handler", {}, (server) => request(server, clientRequest("/broken"))],
    ["handler", {}, (server) => request(server, clientRequest("/nothing"))],
    ["left", {}, (server) => request(server, clientRequest("/later")).end()],
    ["left", {}, (server) => request(server, new Uint8Array(0)).end()],
  ];
  const extendedConnect: Fields = [
    [":method", "CONNECT"],
    [":protocol", "websocket"],
    [":scheme", "https"],
    [":path", "/"],
    [":authority", "example.com"],
    ["sec-websocket-version", "13"],
  ];
  function request(server: WebSocketServer, bytes: Uint8Array) {
    const client = new HandClient();
    server.receive(client.far);
    client.near.write([bytes]);
    return client.near;
  }

  it.each(refused)("count once what is refused: %s", async (reason, options, attempt) => {
    const clock = new TestClock();
    const handler = (opening: IncomingOpening): unknown => {
      const { resourceName } = opening.request;
      if (resourceName === "/") opening.accept();
      if (resourceName === "/rejected") opening.reject({ status: 410 });
      if (resourceName === "/broken") throw new Error("broken");
      return resourceName === "/later" ? new Promise(() => {}) : undefined;
    };
    const server = new WebSocketServer(handler, { runtime: { clock }, ...options });
    await attempt(server, clock);
    await turn();
    expect(reasons(server)).toEqual({ [reason]: 1 });
  });
});

describe("the traffic of a server", () => {
  it("is that of all its connections, also of those that have ended", async () => {
    const world: World = new World({
      handler: (opening) => {
        const socket = opening.accept();
        socket.onmessage = () => {};
        world.accepted.push(socket);
      },
    });
    const empty = { bytesReceived: 0, bytesSent: 0, messagesReceived: 0, messagesSent: 0, slow: 0 };
    expect(world.server.traffic()).toEqual(empty);
    const one = await world.connected();
    const two = await world.connected();
    one.client.send("hello");
    two.client.send(new Uint8Array(1_000));
    world.server.broadcast("all");
    await turn();
    const before = world.server.traffic();
    expect(before).toEqual({
      // RFC 6455 §5.2: a client's header takes 6 bytes, and 8 from 126 bytes on; a server's 2.
      bytesReceived: 6 + 5 + 8 + 1_000,
      bytesSent: 2 * (2 + 3),
      messagesReceived: 2,
      messagesSent: 2,
      slow: 0,
    });
    one.client.close();
    await until(() => world.server.connections === 1);
    const after = world.server.traffic();
    // A Close frame without a code, each way.
    expect(after).toEqual({ ...before, bytesReceived: before.bytesReceived + 6, bytesSent: before.bytesSent + 2 });
    await world.server.close();
    const { bytesReceived, bytesSent } = world.server.traffic();
    expect([bytesReceived, bytesSent]).toEqual([after.bytesReceived + 8, after.bytesSent + 4]);
  });

  it("counts who does not keep up", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    await world.connected();
    client.pause();
    await turn();
    server.send(new Uint8Array(1_000_000));
    await turn();
    expect([world.server.traffic().slow, world.server.traffic({ slowAbove: 2_000_000 }).slow]).toEqual([1, 0]);
    const listening = createListeningServer(world.server, false, { address: undefined, stop() {} });
    expect(listening.traffic()).toEqual(world.server.traffic());
    expect(() => world.server.traffic({ slowAbove: -1 })).toThrow(expect.objectContaining({ code: "option/range" }));
    client.resume();
    await until(() => world.server.traffic().slow === 0);
  });
});

describe("a connection", () => {
  it("has a number when it is asked for one, and keeps it", async () => {
    const world = new World();
    const one = await world.connected();
    const two = await world.connected();
    const [second, first] = [two.server.id, one.server.id];
    expect([Number.isSafeInteger(second), first]).toEqual([true, second + 1]);
    const stream = new world.WebSocketStream("ws://example.com/");
    expect([stream.id, one.client.id]).toEqual([first + 1, first + 2]);
    one.server.close();
    await until(() => one.server.readyState === 3);
    expect([one.server.id, two.server.id]).toEqual([first, second]);
  });

  it("has the address of its transport, also through a tap, and after the end if it was asked for before", async () => {
    const sockets: { remoteAddress: string | undefined; readyState: number }[] = [];
    const server = new WebSocketServer((opening) => sockets.push(opening.accept()), {
      runtime: { wrapTransport: (transport) => tap(transport, () => {}) },
    });
    const clients = [new HandClient(), new HandClient()];
    for (const client of clients) {
      server.receive(Object.assign(client.far, { remoteAddress: "192.0.2.7" }));
      client.near.write([clientRequest("/")]);
    }
    await until(() => sockets.length === 2);
    expect(sockets[0]?.remoteAddress).toBe("192.0.2.7");
    for (const client of clients) client.near.abort();
    await until(() => sockets.every(({ readyState }) => readyState === 3));
    expect(sockets.map(({ remoteAddress }) => remoteAddress)).toEqual(["192.0.2.7", undefined]);
    const world = new World();
    expect((await world.connected()).server.remoteAddress).toBeUndefined();
  });
});
