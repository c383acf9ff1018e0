/**
 * Our server with the WebSocket of undici, which is Node's own since Node 22; here a pinned version, see `support/undici.ts`. The
 * last tests hold what our documents say about it.
 */
import { once } from "node:events";
import { permessageDeflate } from "@hybi/permessage-deflate/zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { openServer, openServerOfPeers } from "./support/servers.ts";
import { undici } from "./support/undici.ts";

const extensions = [permessageDeflate({ threshold: 0 })];

function open(url: string, protocols: string[] = []): InstanceType<typeof undici.WebSocket> {
  const socket = new undici.WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  onTestFinished(() => socket.close());
  return socket;
}

/** Resolves with the data of the next message. */
async function nextMessage(socket: InstanceType<typeof undici.WebSocket>): Promise<unknown> {
  const [event] = (await once(socket as never, "message")) as [MessageEvent];
  return event.data;
}

async function closeOf(
  socket: InstanceType<typeof undici.WebSocket>,
): Promise<{ code: number; reason: string; wasClean: boolean }> {
  const [{ code, reason, wasClean }] = (await once(socket as never, "close")) as [CloseEvent];
  return { code, reason, wasClean };
}

describe.each([
  ["uncompressed", {}],
  ["compressed", { extensions }],
])("our server and the WebSocket of undici, %s", (kind, options) => {
  it("exchange text, bytes and empty messages", async () => {
    const server = await openServer(undefined, options);
    const socket = open(server.url);
    await once(socket as never, "open");
    expect(socket.extensions.includes("permessage-deflate")).toBe(kind === "compressed");
    for (const text of ["hello", "", "Grüße 👋", "x".repeat(126), "ä".repeat(70_000)]) {
      socket.send(text);
      expect(await nextMessage(socket)).toBe(text);
    }
    for (const length of [0, 1, 65_536, 3_000_000]) {
      const sent = new Uint8Array(length).map((_, at) => (at * 31) >>> 3);
      socket.send(sent);
      expect(Buffer.compare(new Uint8Array((await nextMessage(socket)) as ArrayBuffer), sent)).toBe(0);
    }
  });

  it("exchange 500 messages in order", async () => {
    const server = await openServer(undefined, options);
    const socket = open(server.url);
    await once(socket as never, "open");
    const sent = Array.from({ length: 500 }, (_, at) => `${at}:${"xyz".repeat((at * at) % 997)}`);
    const received: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      socket.addEventListener("message", ({ data }) => {
        received.push(data);
        if (received.length === sent.length) resolve();
      });
    });
    for (const text of sent) socket.send(text);
    await all;
    expect(received).toEqual(sent);
  });
});

describe("our server and the WebSocket of undici", () => {
  it.each([
    ["no status code", undefined, "", 1005],
    ["1000", 1000, "done", 1000],
    ["4000 with a reason", 4000, "überall", 4000],
  ])("close with %s from undici [X06] [X07]", async (_, code, reason, reported) => {
    const server = await openServerOfPeers();
    const socket = open(server.url);
    await once(socket as never, "open");
    const peer = await server.nextPeer();
    const closure = closeOf(socket);
    socket.close(code, reason);
    expect(await peer.closed).toMatchObject({ clean: true, statusCode: reported, reason, failure: undefined });
    expect(await closure).toMatchObject({ code: reported, wasClean: true });
  });

  it.each([
    ["no status code", undefined, "", 1005],
    ["1000", 1000, "going", 1000],
    ["4000 with a reason", 4000, "überall", 4000],
  ])("close with %s from us [X06] [X14]", async (_, code, reason, reported) => {
    const server = await openServerOfPeers();
    const socket = open(server.url);
    const closure = closeOf(socket);
    const peer = await server.nextPeer();
    const end = peer.close(code, reason);
    expect(await closure).toEqual({ code: reported, reason, wasClean: true });
    expect(await end).toMatchObject({ clean: true, statusCode: reported });
  });

  it("agree on a subprotocol [H11]", async () => {
    const server = await openServerOfPeers({}, () => ({ subprotocol: "wamp" }));
    const socket = open(server.url, ["soap", "wamp"]);
    await once(socket as never, "open");
    expect(socket.protocol).toBe("wamp");
    expect(server.requests[0]?.subprotocols).toEqual(["soap", "wamp"]);
  });

  it("end with an error and 1006 when we reject [H25]", async () => {
    const server = await openServer((opening) => opening.reject({ status: 403 }));
    const socket = open(server.url);
    const failed = once(socket as never, "error");
    expect(await closeOf(socket)).toMatchObject({ code: 1006, wasClean: false });
    await failed;
  });

  it("reply to our Ping with a Pong [X20]", async () => {
    const server = await openServerOfPeers();
    open(server.url);
    const peer = await server.nextPeer();
    peer.socket.ping(Buffer.from("there?"));
    expect(await peer.next()).toEqual({ type: "pong", payload: new TextEncoder().encode("there?") });
  });

  it("differ in a leading U+FEFF, which undici removes, and in compression, which undici only receives", async () => {
    const server = await openServerOfPeers({ extensions });
    const socket = open(server.url);
    await once(socket as never, "open");
    const peer = await server.nextPeer();
    const received = nextMessage(socket);
    peer.socket.send("\u{feff}marked");
    expect(await received).toBe("marked");
    socket.send("\u{feff}marked");
    expect(await peer.next()).toEqual({ type: "text", data: "\u{feff}marked" });
    const before = peer.socket.statistics.bytesReceived;
    socket.send("x".repeat(10_000));
    await peer.next();
    expect(peer.socket.statistics.bytesReceived - before).toBeGreaterThan(10_000);
  });
});
