/** WebSocket in HTTP/2 streams (RFC 8441), with node:http2 and with our own implementation as the peer. */
import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  connect as openHttp2,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { connect, type SingleRequestOptions, upgradeStream, WebSocketServer } from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";
import type { IncomingOpening, OpeningHandler } from "@hybi/websocket";
import { describe, expect, it, onTestFinished } from "vitest";
import { Peer } from "./support/peer.ts";
import { echo, host, openPeer } from "./support/servers.ts";
import { atRest, until } from "./support/turns.ts";

const settings = { enableConnectProtocol: true };
const text = encodeFrame({ opcode: opcodes.text, payload: Buffer.from("hi"), maskingKey: 0x01020304 });
const close = encodeFrame({ opcode: opcodes.close, payload: Uint8Array.of(0x03, 0xe8), maskingKey: 7 });

async function opened(server: Http2Server): Promise<number> {
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Opens a server that serves WebSocket on every stream that requests it, and plain requests besides. */
function openServer(handler: OpeningHandler = echo, options: SingleRequestOptions = {}): Promise<number> {
  const server = createServer({ settings });
  server.on("stream", (stream, headers) => {
    if (headers[":method"] === "CONNECT") upgradeStream(stream, headers, handler, options);
    else {
      stream.respond({ ":status": 200 });
      stream.end("plain");
    }
  });
  return opened(server);
}

/** Opens a server whose streams the test responds to itself. */
async function openAnsweringServer(answer: (stream: ServerHttp2Stream, headers: object) => void): Promise<string> {
  const server = createServer({ settings });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    answer(stream, headers);
  });
  return `ws://${host}:${await opened(server)}/`;
}

async function openSession(port: number): Promise<ClientHttp2Session> {
  const session = openHttp2(`http://${host}:${port}`);
  onTestFinished(() => session.destroy());
  await once(session, "remoteSettings");
  return session;
}

const requestHeaders = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "http",
  ":path": "/chat",
  ":authority": host,
  "sec-websocket-version": "13",
};

/** Sends a hand-made request and collects the response. */
async function ask(session: ClientHttp2Session, changes: Record<string, string | undefined> = {}) {
  const stream: ClientHttp2Stream = session.request({ ...requestHeaders, ...changes }, { endStream: false });
  const [response] = await once(stream, "response");
  const received: Buffer[] = [];
  stream.on("data", (chunk) => received.push(chunk as Buffer));
  return { stream, response, received: () => [...Buffer.concat(received)] };
}

describe("our server in an HTTP/2 stream", () => {
  it("announces Extended CONNECT, and responds with 200 without Sec-WebSocket-Accept [B01] [B02] [B04]", async () => {
    const session = await openSession(await openServer());
    expect(session.remoteSettings.enableConnectProtocol).toBe(true);
    const { response } = await ask(session);
    expect(response[":status"]).toBe(200);
    expect(Object.keys(response)).not.toContain("sec-websocket-accept");
  });

  it.each<[string, { streamsPerSession?: number }, boolean]>([
    ["100", {}, false],
    ["100 with each stream upgraded on its own", {}, true],
    ["the number given by streamsPerSession", { streamsPerSession: 3 }, false],
    ["that number with each stream upgraded on its own", { streamsPerSession: 3 }, true],
  ])(
    "accepts %s in one session, rejects more with 503, and accepts again when one ends [A16]",
    async (_, options, alone) => {
      const sockets = new WebSocketServer(echo, options);
      const server = createServer({ settings });
      server.on("stream", (stream, headers) => {
        if (alone) upgradeStream(stream, headers, echo, options);
        else upgradeStream(stream, headers, sockets);
      });
      const port = await opened(server);
      const session = await openSession(port);
      const most = options.streamsPerSession ?? 100;
      const streams: ClientHttp2Stream[] = [];
      for (let count = 0; count < most; count++) {
        const { stream, response } = await ask(session);
        expect(response[":status"]).toBe(200);
        streams.push(stream);
      }
      for (let count = 0; count < 5; count++) {
        const { response, received } = await ask(session);
        expect([response[":status"], response["retry-after"]]).toEqual([503, "5"]);
        await until(() => String.fromCharCode(...received()).includes("`streamsPerSession`"));
      }
      // A stream rejected for a violation occupies no place.
      expect((await ask(session, { "sec-websocket-version": "7" })).response[":status"]).toBe(400);
      // Each session has its own limit.
      expect((await ask(await openSession(port))).response[":status"]).toBe(200);
      streams[0]?.close(constants.NGHTTP2_CANCEL);
      for (;;) if ((await ask(session)).response[":status"] === 200) break;
      streams[1]?.write(text);
      expect([...(await once(streams[1] as ClientHttp2Stream, "data"))[0]]).toEqual([0x81, 2, 0x68, 0x69]);
      if (!alone) expect(sockets.connections).toBe(most + 1);
    },
  );

  it("receives masked frames, sends unmasked ones, and ends its half after its Close frame [B07] [B08]", async () => {
    const session = await openSession(await openServer());
    const { stream, received } = await ask(session);
    stream.write(text);
    await until(() => received().length === 4);
    expect(received()).toEqual([0x81, 2, 0x68, 0x69]);
    const ended = once(stream, "end");
    stream.write(close);
    await ended;
    expect(received().slice(4)).toEqual([0x88, 2, 0x03, 0xe8]);
  });

  it("gives each stream of a session buffers of its own, which may be changed and transferred [R33]", async () => {
    const owners = new Map<ArrayBufferLike, number>();
    const told: number[][] = [[], [], []];
    const closed: number[] = [];
    let count = 0;
    const port = await openServer((opening) => {
      const own = count++;
      const socket = opening.accept({ binaryType: "bytes" });
      socket.onclose = () => closed.push(own);
      socket.onmessage = ({ data }) => {
        const { buffer } = data as Uint8Array;
        told[own]?.push(Number((data as Uint8Array)[0]));
        expect(owners.get(buffer) ?? own).toBe(own);
        owners.set(buffer, own);
        if (own === 0) structuredClone(0, { transfer: [buffer as ArrayBuffer] });
        if (own === 1) new Uint8Array(buffer).fill(0);
      };
    });
    const session = await openSession(port);
    const streams: ClientHttp2Stream[] = [];
    for (let index = 0; index < 3; index++) streams.push((await ask(session)).stream);
    for (let round = 1; round <= 3; round++) {
      for (const [index, stream] of streams.entries()) {
        const payload = new Uint8Array(500).fill(10 * round + index);
        stream.write(encodeFrame({ opcode: opcodes.binary, payload, maskingKey: 0x01020304 }));
      }
      await until(() => told.every((bytes) => bytes.length === round));
    }
    expect(told).toEqual([0, 1, 2].map((index) => [10 + index, 20 + index, 30 + index]));
    expect(closed).toEqual([]);
  });

  it("does not wait for clients that never end their half, such as Firefox [B08]", async () => {
    const peers: Peer[] = [];
    const accept: OpeningHandler = (opening) => peers.push(new Peer(opening.accept()));
    const session = await openSession(await openServer(accept, { deadlines: { closing: Number.POSITIVE_INFINITY } }));
    const { stream, received } = await ask(session);
    const closed = once(stream, "close");
    stream.write(close);
    await closed;
    // RFC 9113 §8.1: the response was complete, and NO_ERROR does not discard any of it.
    expect(stream.rstCode).toBe(0);
    expect(received()).toEqual([0x88, 2, 0x03, 0xe8]);
    expect(await peers[0]?.closed).toMatchObject({ clean: true, statusCode: 1000 });
    expect(session.destroyed).toBe(false);
  });

  it("closes cleanly with clients that end their half with their Close frame, such as Chromium [B08] [R18]", async () => {
    for (const tls of [undefined, await selfSigned()]) {
      const peers: Peer[] = [];
      const server = tls === undefined ? createServer({ settings }) : createSecureServer({ ...tls, settings });
      server.on("stream", (stream, headers) => {
        upgradeStream(stream, headers, (opening) => peers.push(new Peer(opening.accept())));
      });
      const port = await opened(server);
      const session = openHttp2(`${tls ? "https" : "http"}://${host}:${port}`, { rejectUnauthorized: false });
      onTestFinished(() => session.destroy());
      await once(session, "remoteSettings");
      const { stream, received } = await ask(session);
      stream.end(close);
      expect(await peers[0]?.closed).toMatchObject({ clean: true, statusCode: 1000 });
      await until(() => received().length > 0);
      expect(received()).toEqual([0x88, 2, 0x03, 0xe8]);
    }
  });

  it("delivers everything sent before the Close frame to a client that reads late [B08]", async () => {
    const length = 1 << 20;
    const accept: OpeningHandler = (opening) => {
      const socket = opening.accept();
      socket.send(new Uint8Array(length));
      socket.close(1000);
    };
    const session = await openSession(await openServer(accept));
    const stream = session.request(requestHeaders, { endStream: false });
    await once(stream, "response");
    // When the closing handshake is over, the server still holds more than one flow-control window of data.
    stream.write(close);
    await atRest(() => stream.readableLength);
    const received: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => received.push(chunk));
    await once(stream, "close");
    const bytes = Buffer.concat(received);
    expect(bytes.length).toBeGreaterThan(length);
    expect([...bytes.subarray(-4)]).toEqual([0x88, 2, 0x03, 0xe8]);
  });

  it("fails the connection of a client that does not mask [B07]", async () => {
    const session = await openSession(await openServer());
    const { stream, received } = await ask(session);
    stream.write(encodeFrame({ opcode: opcodes.text, payload: Buffer.from("hi") }));
    await until(() => received().length > 4);
    expect(received().slice(2, 4)).toEqual([0x03, 0xea]);
  });

  it.each([
    ["another protocol", { ":protocol": "echo" }, 501],
    ["another version", { "sec-websocket-version": "8" }, 400],
    ["no version", { "sec-websocket-version": undefined }, 400],
  ])("rejects %s by the rules of core [B02] [B05]", async (_, changes, status) => {
    const failures: unknown[] = [];
    const port = await openServer(echo, { onFailure: (failure) => failures.push(failure) });
    const { response } = await ask(await openSession(port), changes);
    expect(response[":status"]).toBe(status);
    expect(failures).toMatchObject([{ kind: "violation" }]);
  });

  it("negotiates a subprotocol, sends fields, and passes the request to the handler [B03] [B05]", async () => {
    const seen: unknown[] = [];
    const port = await openServer((opening) => {
      seen.push(opening.url, opening.request.bootstrap, opening.request.key);
      opening.accept({
        subprotocol: "chat",
        fields: [
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
        ],
      });
    });
    const { response } = await ask(await openSession(port), { "sec-websocket-protocol": "soap, chat" });
    expect(response["sec-websocket-protocol"]).toBe("chat");
    expect(response["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(seen).toEqual([`ws://${host}/chat`, "extended-connect", undefined]);
  });

  it("rejects with an HTTP response, and with 404, 500 or 503 when the handler does not respond [B06]", async () => {
    const errors: unknown[] = [];
    const handlers: [OpeningHandler, number][] = [
      [(opening) => opening.reject({ status: 403, body: "not you" }), 403],
      [() => {}, 404],
      [() => Promise.reject(new Error("broken")), 500],
      [() => new Promise(() => {}), 503],
    ];
    for (const [handler, status] of handlers) {
      const port = await openServer(handler, { deadlines: { opening: 50 }, onError: (error) => errors.push(error) });
      const { response, stream, received } = await ask(await openSession(port));
      expect(response[":status"]).toBe(status);
      if (!stream.closed) await once(stream, "close");
      if (status === 403) expect(String(Buffer.from(received()))).toBe("not you");
    }
    expect(errors).toMatchObject([{ message: "broken" }]);
  });

  it("sends the whole of a long body when it rejects a client that reads late [B06]", async () => {
    // One byte more than the initial flow-control window of a stream.
    const body = "x".repeat(65_536);
    const session = await openSession(await openServer((opening) => opening.reject({ status: 403, body })));
    const stream = session.request(requestHeaders, { endStream: false });
    await once(stream, "response");
    await atRest(() => stream.readableLength);
    const received: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => received.push(chunk));
    await once(stream, "close");
    expect(Buffer.concat(received).length).toBe(body.length);
    expect(stream.rstCode).toBe(0);
  });

  it("reports 1006 when the stream is reset, and resets the stream with CANCEL on terminate [B08]", async () => {
    const peers: Peer[] = [];
    const session = await openSession(await openServer((opening) => peers.push(new Peer(opening.accept()))));
    const first = await ask(session);
    first.stream.close(8);
    expect(await peers[0]?.closed).toMatchObject({ clean: false, statusCode: 1006 });
    const second = await ask(session);
    const closed = once(second.stream, "close");
    peers[1]?.socket.terminate();
    await closed;
    expect(second.stream.rstCode).toBe(8);
    expect(session.destroyed).toBe(false);
  });

  it("works in the connect event, next to a request listener", async () => {
    const server = createServer({ settings }, (_request, response) => response.end("plain"));
    server.on("connect", (request: Http2ServerRequest) => upgradeStream(request.stream, request.rawHeaders, echo));
    const session = await openSession(await opened(server));
    const { stream, received } = await ask(session);
    stream.write(text);
    await until(() => received().length === 4);
    expect(received()).toEqual([0x81, 2, 0x68, 0x69]);
    const [chunk] = await once(session.request({ ":path": "/" }), "data");
    expect(String(chunk)).toBe("plain");
  });

  it("is counted and closed by its WebSocketServer in every state", async () => {
    const waiting: unknown[] = [];
    const sockets = new WebSocketServer((opening) =>
      opening.request.resourceName === "/wait" ? new Promise(() => waiting.push(opening)) : opening.accept(),
    );
    const server = createServer({ settings });
    server.on("stream", (stream, headers) => upgradeStream(stream, headers, sockets));
    const session = await openSession(await opened(server));
    const { stream, received } = await ask(session);
    const asking = ask(session, { ":path": "/wait" });
    const gone = session.request({ ...requestHeaders, ":path": "/wait" }, { endStream: false });
    await until(() => waiting.length === 2);
    expect(sockets.connections).toBe(3);
    gone.close(8);
    await until(() => sockets.connections === 2);
    const closing = sockets.close();
    expect((await asking).response[":status"]).toBe(503);
    await until(() => received().length === 4);
    expect(received()).toEqual([0x88, 2, 0x03, 0xe9]);
    stream.end(close);
    await closing;
  });

  it("throws nothing when the handler responds after the client has left or the server has responded [R02]", async () => {
    const answers: ((opening: IncomingOpening) => unknown)[] = [
      (opening) => opening.accept().send("welcome"),
      (opening) => opening.acceptStream(),
      (opening) => opening.reject({ status: 403 }),
    ];
    for (const answer of answers) {
      for (const how of ["gone", "answered"] as const) {
        const waiting: IncomingOpening[] = [];
        const errors: unknown[] = [];
        const sockets = new WebSocketServer((opening) => new Promise(() => waiting.push(opening)), {
          onError: (error) => errors.push(error),
        });
        const server = createServer({ settings });
        server.on("stream", (stream, headers) => upgradeStream(stream, headers, sockets));
        const session = await openSession(await opened(server));
        const asking = session.request(requestHeaders, { endStream: false });
        const response = how === "answered" ? once(asking, "response") : undefined;
        await until(() => waiting.length === 1);
        if (how === "gone") asking.close(8);
        else void sockets.close();
        await until(() => sockets.connections === 0);
        answer(waiting[0] as IncomingOpening);
        if (response !== undefined) expect((await response)[0]).toMatchObject({ ":status": 503 });
        expect(errors).toEqual([]);
      }
    }
  });
});

describe("our client in an HTTP/2 stream", () => {
  it("has the response with the fields that the server has added, and without those of the handshake", async () => {
    const url = await openAnsweringServer((stream) =>
      stream.respond({ ":status": 201, "set-cookie": ["a=1", "b=2"], "sec-websocket-protocol": "chat" }),
    );
    const { socket } = await openPeer(url, { protocols: "chat", transportOptions: { http2: true } });
    const { fields, ...head } = socket.response ?? { fields: [] };
    expect(head).toEqual({ status: 201, reasonPhrase: "", minorVersion: 0 });
    expect(fields.filter(([name]) => name !== "date")).toEqual([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
    socket.terminate();
  });

  it("talks to our server in a session of its own, which ends with it, next to plain requests [B02] [B08]", async () => {
    const port = await openServer();
    const peer = await openPeer(`ws://${host}:${port}/`, { transportOptions: { http2: true } });
    peer.socket.send("Grüße");
    expect(await peer.next()).toEqual({ type: "text", data: "Grüße" });
    const large = new Uint8Array(5 << 20).fill(0x5a);
    peer.socket.send(large);
    const event = await peer.next();
    expect(event.type === "binary" && Buffer.compare(event.data, large)).toBe(0);
    expect(await peer.close(4000, "bye")).toMatchObject({ clean: true, statusCode: 4000 });
    const session = await openSession(port);
    const plain = session.request({ ":path": "/" });
    const [chunk] = await once(plain, "data");
    expect(String(chunk)).toBe("plain");
  });

  it("opens several connections in one session, which outlives them", async () => {
    const port = await openServer();
    const session = await openSession(port);
    const url = `ws://${host}:${port}/`;
    const peers = await Promise.all([1, 2, 3].map(() => openPeer(url, { transportOptions: { http2: session } })));
    for (const [index, peer] of peers.entries()) peer.socket.send(String(index));
    for (const [index, peer] of peers.entries()) {
      expect(await peer.next()).toEqual({ type: "text", data: String(index) });
      await peer.close(1000);
    }
    expect(session.destroyed).toBe(false);
  });

  it("works over TLS", async () => {
    const { key, cert } = await selfSigned();
    const server = createSecureServer({ key, cert, settings });
    server.on("stream", (stream, headers) => upgradeStream(stream, headers, echo));
    const port = await opened(server);
    const peer = await openPeer(`wss://${host}:${port}/`, { transportOptions: { http2: true, tls: { ca: cert } } });
    peer.socket.send("secret");
    expect(await peer.next()).toEqual({ type: "text", data: "secret" });
    expect(await peer.close(1000)).toMatchObject({ clean: true });
  });

  it("sends no Extended CONNECT to a server that has not announced it [B01]", async () => {
    const server = createServer();
    let streams = 0;
    server.on("stream", () => streams++);
    const url = `ws://${host}:${await opened(server)}/`;
    const code = "opening/extended-connect-not-enabled";
    await expect(connect(url, { transportOptions: { http2: true } })).rejects.toMatchObject({ cause: { code } });
    expect(streams).toBe(0);
  });

  it("sends what RFC 8441 requires, and no fields of HTTP/1.1 [B02] [B03] [B05]", async () => {
    let seen: Record<string, unknown> = {};
    const url = await openAnsweringServer((stream, headers) => {
      seen = { ...headers };
      stream.respond({ ":status": 200, "sec-websocket-protocol": "chat" });
    });
    const options = { protocols: ["chat"], fields: [["X-Own", "1"]] as const, origin: "http://example.com" };
    const socket = await connect(`${url}room?1`, { ...options, transportOptions: { http2: true } });
    expect(socket.protocol).toBe("chat");
    expect(seen).toMatchObject({
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":scheme": "http",
      ":path": "/room?1",
      "sec-websocket-version": "13",
      "sec-websocket-protocol": "chat",
      "x-own": "1",
      origin: "http://example.com",
    });
    for (const name of ["upgrade", "connection", "host", "sec-websocket-key"]) expect(seen).not.toHaveProperty(name);
    socket.terminate();
  });

  it("reports an unsuccessful response with its body [B06]", async () => {
    const url = await openAnsweringServer((stream) => {
      stream.respond({ ":status": 403, "x-why": "you" });
      stream.end("not you");
    });
    const error = await connect(url, { transportOptions: { http2: true } }).catch((thrown) => thrown);
    const { kind, response, body } = error.failure;
    expect(kind).toBe("rejected");
    expect(response).toMatchObject({ status: 403, fields: expect.arrayContaining([["x-why", "you"]]) });
    expect(String(Buffer.from(body))).toBe("not you");
  });

  it("fails for a subprotocol that it did not offer, and for a stream that is reset [B05] [B08]", async () => {
    const bad = await openAnsweringServer((stream) =>
      stream.respond({ ":status": 200, "sec-websocket-protocol": "x" }),
    );
    const code = "opening/subprotocol-not-offered";
    await expect(connect(bad, { transportOptions: { http2: true } })).rejects.toMatchObject({
      failure: { kind: "violation", violation: { code } },
    });
    const reset = await openAnsweringServer((stream) => stream.close(2));
    await expect(connect(reset, { transportOptions: { http2: true } })).rejects.toMatchObject({ name: "OpeningError" });
  });

  it("still sends its Close frame after the server has ended its half with one [B08] [B14]", async () => {
    const received: Buffer[] = [];
    let ended = false;
    const url = await openAnsweringServer((stream) => {
      stream.respond({ ":status": 200 });
      stream.end(Uint8Array.of(0x88, 2, 0x0f, 0xa0));
      stream.on("data", (chunk) => received.push(chunk as Buffer));
      stream.on("end", () => (ended = true));
    });
    const peer = await openPeer(url, { transportOptions: { http2: true } });
    expect(await peer.closed).toMatchObject({ clean: true, statusCode: 4000 });
    await until(() => ended);
    const frame = Buffer.concat(received);
    expect([frame[0], frame[1], frame.length]).toEqual([0x88, 0x82, 8]);
  });

  it("reports 1006 when the session is lost, and when the server ends its half without a Close frame [B08]", async () => {
    const url = await openAnsweringServer((stream) => {
      stream.respond({ ":status": 200 });
      stream.session?.destroy();
    });
    const lost = await openPeer(url, { transportOptions: { http2: true } }).catch(() => undefined);
    if (lost !== undefined) expect(await lost.closed).toMatchObject({ clean: false, statusCode: 1006 });
    const silent = await openAnsweringServer((stream) => {
      stream.respond({ ":status": 200 });
      stream.end();
    });
    const peer = await openPeer(silent, { transportOptions: { http2: true } });
    expect(await peer.closed).toMatchObject({ clean: false, statusCode: 1006 });
  });

  describe("with many concurrent openings in one session", () => {
    /** Opens a session that is still connecting, and collects Node's warnings. */
    function freshSession(port: number): { session: ClientHttp2Session; warnings: string[] } {
      const warnings: string[] = [];
      const warn = ({ message }: Error): void => void warnings.push(message);
      process.on("warning", warn);
      onTestFinished(() => void process.off("warning", warn));
      const session = openHttp2(`http://${host}:${port}`);
      session.on("error", () => {});
      onTestFinished(() => session.destroy());
      return { session, warnings };
    }
    const concurrentOpenings = true;
    const attempts = (port: number, session: ClientHttp2Session, count: number) =>
      Array.from({ length: count }, () =>
        connect(`ws://${host}:${port}/`, { concurrentOpenings, transportOptions: { http2: session } }),
      );
    const listeners = (session: ClientHttp2Session): number[] =>
      ["remoteSettings", "localSettings", "error", "close", "connect"].map((type) => session.listenerCount(type));

    it("opens all of them, before and after the session is connected, and leaves no listeners behind [R30]", async () => {
      const port = await openServer();
      const { session, warnings } = freshSession(port);
      const before = listeners(session);
      const sockets = await Promise.all(attempts(port, session, 40));
      const more = await Promise.all(attempts(port, session, 20));
      expect(new Set([...sockets, ...more].map(({ readyState }) => readyState))).toEqual(new Set([1]));
      expect(listeners(session)).toEqual(before);
      expect(warnings).toEqual([]);
      for (const socket of [...sockets, ...more]) socket.terminate();
    });

    it("opens all of them while the application has the maximum number of PINGs in flight [R30]", async () => {
      const port = await openServer();
      const { session } = freshSession(port);
      await once(session, "connect");
      for (let sent = 0; sent < 10; sent++) session.ping(() => {});
      for (const socket of await Promise.all(attempts(port, session, 12))) socket.terminate();
    });

    it("fails all of them when the server does not allow Extended CONNECT or the session ends meanwhile [R30]", async () => {
      const plain = createServer();
      const port = await opened(plain);
      const { session, warnings } = freshSession(port);
      const refused = await Promise.allSettled(attempts(port, session, 30));
      const reasons = refused.map((result) => result.status === "rejected" && result.reason.name);
      expect(new Set(reasons)).toEqual(new Set(["OpeningError"]));
      const { session: other } = freshSession(port);
      const lost = Promise.allSettled(attempts(port, other, 30));
      other.once("connect", () => other.destroy());
      expect((await lost).every(({ status }) => status === "rejected")).toBe(true);
      expect((await Promise.allSettled(attempts(port, other, 2))).every(({ status }) => status === "rejected")).toBe(
        true,
      );
      expect(warnings).toEqual([]);
    });
  });
});
