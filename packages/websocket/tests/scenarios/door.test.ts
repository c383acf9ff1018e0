/** Admission: which clients get a place on a server, and what happens to the others. In memory, with any address. */
import { describe, expect, it } from "vitest";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import { type ServerOptions, WebSocketServer } from "../../src/server/server.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { HandClient } from "../support/by-hand.ts";
import { TestClock, turn, until } from "../support/clock.ts";

function setUp(options: ServerOptions = {}) {
  const clock = new TestClock();
  const errors: unknown[] = [];
  const openings: IncomingOpening[] = [];
  const handler = (opening: IncomingOpening): void => {
    openings.push(opening);
    opening.accept();
  };
  const server = new WebSocketServer(handler, {
    runtime: { clock },
    onError: (error) => errors.push(error),
    ...options,
  });
  const come = (remoteAddress?: string, secure?: boolean): HandClient => {
    const client = new HandClient({ lingers: true });
    server.receive(client.far, { remoteAddress, secure });
    return client;
  };
  return { clock, errors, openings, server, come };
}

describe("openings from one address", () => {
  it("are limited to 128 at a time by default for a public address or IPv6 /64, and are freed again [A10]", async () => {
    const { server, come } = setUp();
    for (let count = 0; count < 128; count++) come(`2001:db8::${count.toString(16)}`);
    expect(server.connections).toBe(128);
    const refused = come("2001:db8::ffff:1");
    await until(() => refused.isEnded);
    expect(refused.text).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\nConnection: close\r\n/);
    expect(refused.text).toContain("`openingsPerAddress`");
    expect(server.connections).toBe(128);
    for (const address of ["2001:db8:0:1::1", "203.0.113.1", "10.0.0.1", undefined]) come(address);
    expect(server.connections).toBe(132);
    await server.close({ timeout: 0 });
    expect(server.connections).toBe(0);
  });

  it("do not count once the connections are open [A10]", async () => {
    const { server, come, openings } = setUp({ openingsPerAddress: 1 });
    for (let count = 1; count <= 5; count++) {
      come("203.0.113.1").ask();
      await until(() => openings.length === count);
    }
    expect(server.sockets.size).toBe(5);
    const silent = come("203.0.113.1");
    const refused = come("203.0.113.1");
    await until(() => refused.status === "429");
    silent.near.abort();
    await until(() => server.connections === 5);
    come("203.0.113.1").ask();
    await until(() => openings.length === 6);
  });

  it("count over TLS from the first byte of TCP until the end of the request [A10]", async () => {
    const { server, come, openings } = setUp({ openingsPerAddress: 2 });
    const info = { remoteAddress: "203.0.113.1", secure: true };
    const dropped: string[] = [];
    const one = server.admit(() => dropped.push("one"), info);
    const two = server.admit(() => dropped.push("two"), info);
    expect(server.admit(() => dropped.push("three"), info)).toBeUndefined();
    expect(server.connections).toBe(2);
    one?.end();
    one?.end();
    const client = new HandClient({ lingers: true });
    two?.receive(client.far);
    expect(server.connections).toBe(1);
    server.admit(() => dropped.push("four"), info);
    expect(server.admit(() => {}, info)).toBeUndefined();
    const refused = come("203.0.113.1", true);
    await until(() => refused.isClosed);
    expect(refused.text).toBe("");
    client.ask();
    await until(() => openings.length === 1);
    expect(openings[0]?.info).toEqual(info);
    expect(dropped).toEqual([]);
  });
});

describe("a client that gets no place", () => {
  it("is rejected before it sends a request, and its data is still read [A10]", async () => {
    const { server, come, openings } = setUp({ maxConnections: 0 });
    const client = come();
    client.ask();
    await until(() => client.isEnded);
    expect(client.text).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\nConnection: close\r\n.*Retry-After: 5\r\n/s);
    client.near.end();
    await until(() => client.isClosed);
    expect([openings.length, server.connections]).toEqual([0, 0]);
  });

  it("is aborted when it does not leave: after 2 s, or when more than 64 such clients stay [A10]", async () => {
    const { clock, come } = setUp({ maxConnections: 0 });
    const clients: HandClient[] = [];
    for (let count = 1; count <= 66; count++) {
      const client = come();
      clients.push(client);
      await until(() => client.status === "503");
    }
    expect(clients.map(({ isClosed }) => isClosed).indexOf(false)).toBe(2);
    await clock.advance(2_000);
    await until(() => clients.every(({ isClosed }) => isClosed));
    expect(clock.due).toEqual([]);
  });

  it("is aborted when the server closes, without waiting [A10]", async () => {
    const { clock, server, come } = setUp({ maxConnections: 0 });
    const client = come();
    await server.close({ timeout: Number.POSITIVE_INFINITY });
    await until(() => client.isClosed);
    expect(clock.due).toEqual([]);
  });

  it("causes no harm with a transport that throws: onError receives the error [A10]", async () => {
    const { errors, server, come } = setUp({ maxConnections: 1 });
    const served = come();
    const broken = new Proxy({} as Transport, {
      get: (_, name) => () => {
        throw new Error(String(name));
      },
    });
    for (const secure of [true, false]) server.receive(broken, { secure });
    expect(errors.map(String)).toEqual(["Error: abort", "Error: start", "Error: abort"]);
    served.ask();
    await until(() => served.status === "101");
  });
});

describe("a client during its TLS handshake", () => {
  it("occupies a place of maxConnections, and is aborted at once when the server closes [A10]", async () => {
    const { clock, errors, server } = setUp({ maxConnections: 2 });
    const dropped: string[] = [];
    const pending = server.admit(() => dropped.push("one"));
    server.admit(() => {
      dropped.push("two");
      throw new Error("mine");
    });
    expect([server.admit(() => {}), server.connections]).toEqual([undefined, 2]);
    await server.close({ timeout: Number.POSITIVE_INFINITY });
    expect(dropped).toEqual(["one", "two"]);
    expect(errors.map(String)).toEqual(["Error: mine"]);
    expect(server.admit(() => {})).toBeUndefined();
    // Its TLS handshake completed in the turn in which it was aborted.
    const late = new HandClient({ lingers: true });
    pending?.receive(late.far);
    pending?.end();
    await until(() => late.isClosed);
    await turn();
    expect([server.connections, clock.due]).toEqual([0, []]);
  });
});
