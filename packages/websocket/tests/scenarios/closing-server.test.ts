/** A closing or closed server rejects new requests with 503, however they arrive. */
import type { Fields, StreamAnswer } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { HandClient } from "../support/by-hand.ts";
import { TestClock, turn, until } from "../support/clock.ts";
import { clientRequest } from "../support/http.ts";
import { World } from "../support/link.ts";

const request = clientRequest("/");
const head = {
  method: "GET",
  target: "/",
  minorVersion: 1,
  fields: [
    ["Host", "example.com"],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
    ["Sec-WebSocket-Version", "13"],
  ] satisfies Fields,
};
const extendedConnect: Fields = [
  [":method", "CONNECT"],
  [":protocol", "websocket"],
  [":scheme", "https"],
  [":path", "/"],
  [":authority", "example.com"],
  ["sec-websocket-version", "13"],
];

/** Resolves with everything that the client has received once its connection is closed. */
async function responseTo(client: HandClient): Promise<string> {
  await until(() => client.isClosed);
  return client.text;
}

/** Returns a server kept from closing by one client, and a function that lets it close. */
async function closingServer() {
  const asked: unknown[] = [];
  const world: World = new World({
    handler: (opening) => {
      asked.push(opening);
      world.accepted.push(opening.accept());
    },
  });
  const { client } = await world.connected();
  client.pause();
  await turn();
  const closed = world.server.close();
  asked.length = 0;
  return { world, server: world.server, asked, closed, release: () => client.resume() };
}

const unavailable = /^HTTP\/1\.1 503 Service Unavailable\r\nConnection: close\r\n(?:.*\r\n)*Retry-After: 5\r\n/;

describe("a server that is closing", () => {
  it("rejects a request whose head was already parsed with 503 [R30]", async () => {
    const { server, asked, closed, release } = await closingServer();
    const client = new HandClient();
    server.receiveUpgrade(client.far, head);
    expect(await responseTo(client)).toMatch(unavailable);
    expect(asked).toEqual([]);
    release();
    await closed;
    expect(server.connections).toBe(0);
  });

  it("rejects a raw request that arrives while it is closing with 503, whole or in pieces [R30]", async () => {
    const { server, asked, closed, release } = await closingServer();
    for (const cut of [request.length, 1, 20]) {
      const client = new HandClient();
      server.receive(client.far);
      client.near.write([request.slice(0, cut)]);
      await turn();
      client.near.write([request.slice(cut)]);
      expect(await responseTo(client)).toMatch(unavailable);
    }
    expect(asked).toEqual([]);
    release();
    await closed;
  });

  it("waits for a request no longer than for everything else [R30]", async () => {
    const { world, server, closed } = await closingServer();
    const late = new HandClient();
    server.receive(late.far);
    const sooner = server.close({ timeout: 500 });
    await world.clock.advance(499);
    expect(late.isClosed).toBe(false);
    await world.clock.advance(1);
    await Promise.all([closed, sooner]);
    expect(await responseTo(late)).toBe("");
    expect(server.connections).toBe(0);
  });

  it("still reports to a client what is wrong with its request [R30]", async () => {
    const { server, closed, release } = await closingServer();
    const client = new HandClient();
    server.receiveUpgrade(client.far, { ...head, method: "POST" });
    expect(await responseTo(client)).toMatch(/^HTTP\/1\.1 405 /);
    release();
    await closed;
  });

  it("rejects an HTTP/2 stream with 503 [R30]", async () => {
    const { server, asked, closed, release } = await closingServer();
    const answers: StreamAnswer[] = [];
    server.receiveStream(
      {
        onLost: undefined,
        accept: () => createTransportPair()[0],
        reject: ({ status, fields }) => void answers.push({ status, fields }),
        abort() {},
      },
      extendedConnect,
    );
    expect(answers).toEqual([{ status: 503, fields: [["retry-after", "5"]] }]);
    expect(asked).toEqual([]);
    release();
    await closed;
  });
});

describe("a server that is closed", () => {
  it("rejects requests with 503, and waits for one as long as an open server does [R30]", async () => {
    const clock = new TestClock();
    const server = new WebSocketServer((opening) => opening.accept(), { runtime: { clock } });
    await server.close();
    const [upgrade, bytes, silent] = [new HandClient(), new HandClient(), new HandClient()];
    server.receiveUpgrade(upgrade.far, head);
    server.receive(bytes.far);
    server.receive(silent.far);
    bytes.near.write([request]);
    expect(await responseTo(upgrade)).toMatch(unavailable);
    expect(await responseTo(bytes)).toMatch(unavailable);
    await clock.advance(10_000);
    expect(await responseTo(silent)).toMatch(/^HTTP\/1\.1 408 /);
    expect([server.connections, clock.due]).toEqual([0, []]);
    await server.close();
  });
});
