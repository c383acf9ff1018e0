import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { connectStep } from "./client.ts";
import { ladderServer } from "./server.ts";
import { clientSteps, serverSteps } from "./steps.ts";

/** Lengths on both sides of each form of the header (RFC 6455 §5.2), of copying and of several reads. */
const lengths = [0, 1, 125, 126, 4096, 4097, 65_535, 65_536, 1_000_000];
const sent = lengths.flatMap((length) => ["x".repeat(length), "é".repeat(length), Buffer.alloc(length, length)]);
const own = ({ name }: { readonly name: string }): boolean => name.startsWith("ladder-");
const shown = (data: unknown): string =>
  typeof data === "string" ? data : `bytes ${Buffer.from(data as Uint8Array).toString("latin1")}`;

describe("steps of servers", () => {
  it.each(serverSteps.filter(own))("$name echoes what a client of ws sends, and answers Pings", async ({ name }) => {
    const server = createServer({ allowHalfOpen: true }, ladderServer(name, 0)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await once(client, "open");
    const received: string[] = [];
    const all = new Promise<void>((resolve) => {
      client.on("message", (data: Buffer, isBinary) => {
        received.push(shown(isBinary ? data : data.toString()));
        if (received.length === sent.length) resolve();
      });
    });
    const pong = once(client, "pong");
    for (const message of sent) client.send(message);
    client.ping("so");
    await all;
    expect(received).toEqual(sent.map(shown));
    expect((await pong).toString()).toBe("so");
    client.close();
    await once(client, "close");
    server.close();
  });

  it.each(serverSteps.filter(own))("$name sends Pings at an interval", async ({ name }) => {
    const server = createServer({ allowHalfOpen: true }, ladderServer(name, 20)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await once(client, "ping");
    await once(client, "ping");
    client.close();
    await once(client, "close");
    server.close();
  });
});

describe("steps of clients", () => {
  it.each(clientSteps.filter(own))("$name exchanges messages with a server of ws", async ({ name }) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    server.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
    await once(server, "listening");
    const client = await connectStep(name, `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const received: string[] = [];
    const all = new Promise<void>((resolve) => {
      client.onmessage = ({ data }) => {
        received.push(shown(data));
        if (received.length === sent.length) resolve();
      };
    });
    for (const message of sent) client.send(message);
    await all;
    expect(received).toEqual(sent.map(shown));
    client.drop();
    server.close();
  });
});
