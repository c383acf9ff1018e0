/** Our server with the client of `ws`, and our client with its server, over TCP. */

import { once } from "node:events";
import { Endpoint } from "@hybi/core";
import { connect, NodeTransport } from "@hybi/node";
import { patternBytes } from "@hybi/testing/wire";
import { Pump, silentListener } from "@hybi/websocket";
import { describe, expect, it } from "vitest";
import { type RawData, WebSocket, type WebSocketServer } from "ws";
import type { Peer } from "./support/peer.ts";
import { host, openPeer, openServer, openServerOfPeers, openTcpServer, openWsServer } from "./support/servers.ts";

const mebibyte = 1_048_576;

async function openWs(url: string, ...rest: [string[]?, object?]): Promise<WebSocket> {
  const ws = new WebSocket(url, ...rest);
  await once(ws, "open");
  return ws;
}

async function nextMessage(ws: WebSocket): Promise<{ data: Uint8Array; isBinary: boolean }> {
  const [data, isBinary] = (await once(ws, "message")) as [RawData, boolean];
  return { data: new Uint8Array(data as Buffer), isBinary };
}

async function nextWs(server: WebSocketServer): Promise<WebSocket> {
  const [ws] = (await once(server, "connection")) as [WebSocket];
  return ws;
}

async function pair(): Promise<{ ours: Peer; theirs: WebSocket }> {
  const { url, server } = await openWsServer();
  const arrival = nextWs(server);
  const ours = await openPeer(url);
  return { ours, theirs: await arrival };
}

describe("our server and the client of ws", () => {
  it("exchange text with every encoding of the payload length", async () => {
    const server = await openServer();
    const ws = await openWs(server.url);
    for (const text of ["", "Grüße 👋", "x".repeat(125), "y".repeat(126), "z".repeat(65_535), "ü".repeat(40_000)]) {
      ws.send(text);
      const { data, isBinary } = await nextMessage(ws);
      expect(isBinary).toBe(false);
      expect(new TextDecoder().decode(data) === text).toBe(true);
    }
    ws.close();
  });

  it("exchange 5 MiB of binary data in both directions", async () => {
    const server = await openServer();
    const ws = await openWs(server.url);
    const sent = patternBytes(5 * mebibyte);
    ws.send(sent);
    const { data, isBinary } = await nextMessage(ws);
    expect(isBinary).toBe(true);
    expect(Buffer.compare(data, sent)).toBe(0);
    ws.close();
  });

  it("understand each other's fragments with a Ping in between [F15]", async () => {
    const heard: unknown[] = [];
    // Uses a Pump directly: only the endpoint can send a message in pieces.
    const port = await openTcpServer((tcp) => {
      const pump: Pump = new Pump({
        endpoint: Endpoint.server(),
        transport: new NodeTransport(tcp),
        listener: {
          ...silentListener,
          request: () => pump.accept(),
          ping: (payload) => heard.push(["ping", new TextDecoder().decode(payload)]),
          pong: () => heard.push(["pong"]),
          text: (data) => {
            heard.push(["text", data]);
            const message = pump.endpoint.startMessage("text");
            message.write("three ");
            pump.ping();
            message.write("four");
            message.end();
            pump.requestFlush();
          },
        },
      });
      pump.start();
    });
    const ws = await openWs(`ws://${host}:${port}/`);
    ws.send("one ", { fin: false });
    ws.ping("between");
    ws.send("two", { fin: true });
    const order: string[] = [];
    ws.on("ping", () => order.push("ping"));
    expect(new TextDecoder().decode((await nextMessage(ws)).data)).toBe("three four");
    expect(order).toEqual(["ping"]);
    ws.close(1000);
    await once(ws, "close");
    expect(heard).toEqual([["ping", "between"], ["text", "one two"], ["pong"]]);
  });

  it("reply to each other's Pings [X20]", async () => {
    const server = await openServerOfPeers();
    const ws = await openWs(server.url);
    const peer = await server.nextPeer();
    ws.ping("ours?");
    const [pong] = (await once(ws, "pong")) as [Buffer];
    expect(pong.toString()).toBe("ours?");
    expect(await peer.next()).toMatchObject({ type: "ping" });
    peer.socket.ping(Buffer.from("yours?"));
    expect(await peer.next()).toEqual({ type: "pong", payload: new TextEncoder().encode("yours?") });
    ws.close();
  });

  it.each([
    ["no status code", undefined, "", 1005],
    ["1000", 1000, "done", 1000],
    ["4000 with a reason", 4000, "überall", 4000],
  ] as const)("close with %s from ws [X06] [X07]", async (_, code, reason, reported) => {
    const server = await openServerOfPeers();
    const ws = await openWs(server.url);
    const peer = await server.nextPeer();
    ws.close(code, reason);
    const [theirCode] = await once(ws, "close");
    expect(theirCode).toBe(reported);
    expect(await peer.closed).toMatchObject({ clean: true, statusCode: reported, reason, failure: undefined });
  });

  it.each([
    ["no status code", undefined, "", 1005],
    ["1000", 1000, "going", 1000],
    ["4000 with a reason", 4000, "überall", 4000],
  ] as const)("close with %s from us [X06] [X14]", async (_, code, reason, reported) => {
    const server = await openServerOfPeers();
    const ws = await openWs(server.url);
    const peer = await server.nextPeer();
    const closure = peer.close(code, reason);
    const [theirCode, theirReason] = await once(ws, "close");
    expect([theirCode, String(theirReason)]).toEqual([reported, reason]);
    expect(await closure).toMatchObject({ clean: true, statusCode: reported });
  });

  it("report 1006 when the other side is cut off [X13]", async () => {
    const server = await openServerOfPeers();
    const first = await openWs(server.url);
    const peer = await server.nextPeer();
    first.terminate();
    expect(await peer.closed).toMatchObject({ clean: false, statusCode: 1006 });
    const second = await openWs(server.url);
    (await server.nextPeer()).socket.terminate();
    const [code] = await once(second, "close");
    expect(code).toBe(1006);
  });

  it("agree on a subprotocol and exchange fields of the application [H11]", async () => {
    const server = await openServerOfPeers({}, ({ subprotocols }) => ({
      subprotocol: subprotocols[1],
      fields: [["Set-Cookie", "a=1"]],
    }));
    const ws = new WebSocket(server.url, ["soap", "wamp"], { headers: { Cookie: "b=2", "X-Own": "ü" } });
    const [[response]] = await Promise.all([once(ws, "upgrade"), once(ws, "open")]);
    expect(response.headers["set-cookie"]).toEqual(["a=1"]);
    expect(ws.protocol).toBe("wamp");
    const peer = await server.nextPeer();
    expect(peer.socket.protocol).toBe("wamp");
    expect(server.requests[0]?.fields).toContainEqual(["Cookie", "b=2"]);
    expect(server.requests[0]?.fields).toContainEqual(["X-Own", "ü"]);
    ws.close();
  });

  it("decline the extension that ws offers and we do not support [E03]", async () => {
    const server = await openServer();
    const ws = await openWs(server.url, [], { perMessageDeflate: true });
    expect(ws.extensions).toBe("");
    ws.close();
  });

  it("end with an HTTP response when we reject [H25]", async () => {
    const server = await openServer((opening) =>
      opening.reject({ status: 401, fields: [["WWW-Authenticate", "Basic"]], body: "who are you?" }),
    );
    const ws = new WebSocket(server.url);
    const [, response] = await once(ws, "unexpected-response");
    const body: Buffer[] = [];
    for await (const chunk of response) body.push(chunk);
    expect([response.statusCode, response.headers["www-authenticate"], String(Buffer.concat(body))]).toEqual([
      ...[401, "Basic", "who are you?"],
    ]);
  });

  it("exchange 2,000 messages of random sizes in order", async () => {
    const server = await openServer();
    const ws = await openWs(server.url);
    let state = 12345;
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    const sent = Array.from({ length: 2_000 }, (_, index) => {
      const size = random(10) === 0 ? random(100_000) : random(300);
      return index % 2 === 0 ? `${index}:${"ö".repeat(size >> 1)}` : patternBytes(size);
    });
    let returned = 0;
    let wrong = 0;
    ws.on("message", (data, isBinary) => {
      const expected = sent[returned++] ?? "";
      if (isBinary !== (typeof expected !== "string") || Buffer.compare(data as Buffer, Buffer.from(expected)) !== 0)
        wrong++;
      if (returned === sent.length) ws.close(1000);
    });
    for (const message of sent) ws.send(message);
    const [code] = await once(ws, "close");
    expect([code, returned, wrong]).toEqual([1000, 2_000, 0]);
  }, 20_000);
});

describe("our client and the server of ws", () => {
  it("exchange text and binary data, including 5 MiB in both directions", async () => {
    const { ours, theirs } = await pair();
    theirs.on("message", (data, isBinary) => theirs.send(data, { binary: isBinary }));
    ours.socket.send("Grüße 👋");
    expect(await ours.next()).toEqual({ type: "text", data: "Grüße 👋" });
    const sent = patternBytes(5 * mebibyte);
    ours.socket.send(sent);
    const event = await ours.next();
    expect(event?.type === "binary" && Buffer.compare(event.data, sent)).toBe(0);
    const text = "ä".repeat(2 * mebibyte);
    ours.socket.send(text);
    const answer = await ours.next();
    expect(answer?.type === "text" && answer.data === text).toBe(true);
    await ours.close(1000);
  });

  it("reply to each other's Pings", async () => {
    const { ours, theirs } = await pair();
    theirs.ping("from ws");
    const [pong] = await once(theirs, "pong");
    expect(String(pong)).toBe("from ws");
    ours.socket.ping(Buffer.from("from us"));
    expect(await ours.next()).toMatchObject({ type: "ping" });
    expect(await ours.next()).toEqual({ type: "pong", payload: new TextEncoder().encode("from us") });
    await ours.close();
  });

  it.each([
    ["no status code", undefined, "", 1005],
    ["4999 with a reason", 4999, "über", 4999],
  ] as const)("close with %s, from either of them, cleanly [X12]", async (_, code, reason, reported) => {
    const first = await pair();
    const closed = once(first.theirs, "close");
    expect(await first.ours.close(code, reason)).toMatchObject({ clean: true, statusCode: reported });
    const [theirCode, theirReason] = await closed;
    expect([theirCode, String(theirReason)]).toEqual([reported, reason]);
    const second = await pair();
    second.theirs.close(code, reason);
    expect(await second.ours.closed).toMatchObject({ clean: true, statusCode: reported, reason });
  });

  it("report 1006 when the other side is cut off", async () => {
    const first = await pair();
    first.theirs.terminate();
    expect(await first.ours.closed).toMatchObject({ clean: false, statusCode: 1006 });
    const second = await pair();
    const closed = once(second.theirs, "close");
    second.ours.socket.terminate();
    expect((await closed)[0]).toBe(1006);
    expect(await second.ours.closed).toMatchObject({ clean: false, statusCode: 1006 });
  });

  it("agree on a subprotocol and exchange fields and cookies", async () => {
    const { url, server } = await openWsServer({ handleProtocols: (offered) => [...offered].at(-1) ?? false });
    const request = once(server, "connection").then(([, incoming]) => incoming);
    const socket = await connect(url, {
      protocols: ["soap", "wamp"],
      cookies: [["session", "1"]],
      fields: [["User-Agent", "hybi"]],
      origin: "http://example.com",
    });
    expect(socket.protocol).toBe("wamp");
    expect((await request).headers).toMatchObject({
      cookie: "session=1",
      "user-agent": "hybi",
      origin: "http://example.com",
    });
    socket.close(1000);
  });

  it("end with the server's response when it rejects [C01]", async () => {
    const { url } = await openWsServer({
      verifyClient: (_info, done) => done(false, 401, "no entry", { "WWW-Authenticate": "Basic" }),
    });
    const error = await connect(url).catch((thrown) => thrown);
    expect(error).toMatchObject({
      name: "OpeningError",
      message: expect.stringMatching(/^ws:.*: The server answered 401 Unauthorized\.$/),
    });
    expect(error.failure.kind).toBe("rejected");
    expect(error.failure.response.fields).toContainEqual(["WWW-Authenticate", "Basic"]);
    expect(new TextDecoder().decode(error.failure.body)).toBe("no entry");
  });
});
