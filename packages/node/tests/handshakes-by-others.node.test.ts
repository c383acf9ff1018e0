/** Opening handshakes over HTTP clients and servers of others: http.request with an agent, undici, and a server that answers by hand. */
import { once } from "node:events";
import { Agent, type IncomingMessage, request as sendRequest } from "node:http";
import type { Duplex } from "node:stream";
import type { ConnectTarget, Fields } from "@hybi/node";
import {
  type AgreedTransport,
  answerOpeningRequest,
  checkOpeningRequest,
  checkOpeningResponse,
  connect,
  encodeResponseHead,
  headersObject,
  NodeTransport,
  OpeningError,
  openUpgrade,
  permessageDeflate,
  rejectionFor,
  rejectOpeningRequest,
  requestHead,
  responseHead,
  WebSocketServer,
} from "@hybi/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { Peer } from "./support/peer.ts";
import { host, openHttpServer, openServer, openWsServer } from "./support/servers.ts";
import { undici } from "./support/undici.ts";

/** Opens a connection with Node's HTTP client and `agent`. */
async function openWithAgent({ url, opening, signal }: ConnectTarget, agent: Agent): Promise<AgreedTransport> {
  const { request, sent } = openUpgrade(opening);
  const outgoing = sendRequest({
    host: url.address,
    port: url.port,
    path: request.target,
    headers: headersObject(request.fields),
    agent,
    signal,
  }).end();
  const [response, socket, rest] = (await Promise.race([once(outgoing, "upgrade"), once(outgoing, "response")])) as [
    IncomingMessage,
    Duplex,
    Uint8Array,
  ];
  const head = responseHead(response);
  const check = checkOpeningResponse(head, sent);
  if (check.type === "agreement") {
    return { transport: new NodeTransport(socket), agreement: check.agreement, rest: new Uint8Array(rest) };
  }
  outgoing.destroy();
  if (check.type === "rejection") throw new OpeningError({ kind: "rejected", response: head, body: new Uint8Array(0) });
  throw new OpeningError({ kind: "violation", violation: check.violation });
}

/** Opens a connection with undici. */
async function openWithUndici({ url, opening, signal }: ConnectTarget): Promise<AgreedTransport> {
  const { request, sent } = openUpgrade(opening);
  const client = new undici.Client(`http://${url.authority}`);
  onTestFinished(() => client.destroy());
  // undici sends these by itself.
  const own = request.fields.filter(([name]) => !["Host", "Upgrade", "Connection"].includes(name));
  const { headers, socket } = await client.upgrade({
    path: request.target,
    protocol: "websocket",
    headers: headersObject(own) as Record<string, string>,
    signal,
  });
  const fields = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => [name, one] as const),
  );
  const head = { status: 101, reasonPhrase: "", minorVersion: 1, fields };
  const check = checkOpeningResponse(head, sent);
  if (check.type !== "agreement") throw new OpeningError({ kind: "rejected", response: head, body: new Uint8Array(0) });
  return { transport: new NodeTransport(socket), agreement: check.agreement };
}

describe("a client over http.request and an agent", () => {
  const open = (agent: Agent) => ({ openTransport: (target: ConnectTarget) => openWithAgent(target, agent) });

  it.each([
    ["our server", async () => (await openServer()).url],
    [
      "ws",
      async () => {
        const { url, server } = await openWsServer({ perMessageDeflate: true });
        server.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
        return url;
      },
    ],
  ])("exchanges messages with %s", async (_, openEcho) => {
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const peer = new Peer(await connect(await openEcho(), { extensions: [permessageDeflate()], ...open(agent) }));
    for (const text of ["hello", "x".repeat(100_000)]) {
      peer.socket.send(text);
      expect(await peer.next()).toEqual({ type: "text", data: text });
    }
    peer.socket.send(Uint8Array.of(1, 2, 3));
    expect(await peer.next()).toEqual({ type: "binary", data: Uint8Array.of(1, 2, 3) });
    expect(await peer.close(1000, "done")).toMatchObject({ clean: true, statusCode: 1000 });
  });

  it("sends fields of the same name, in whatever case, as lines of their own", async () => {
    let asked: Fields = [];
    const { url } = await openServer((opening) => {
      asked = opening.request.fields.filter(([name]) => name.toLowerCase() === "x-a");
      opening.accept();
    });
    const agent = new Agent();
    const fields: Fields = [
      ["X-A", "1"],
      ["x-a", "2"],
    ];
    (await connect(url, { fields, ...open(agent) })).close();
    expect(asked).toEqual([
      ["X-A", "1"],
      ["X-A", "2"],
    ]);
  });

  it("reports the response that rejects it, and follows a redirect with a request of its own", async () => {
    const keys = new Set<string | undefined>();
    const { url } = await openServer((opening) => {
      keys.add(opening.request.key);
      if (opening.request.resourceName === "/moved") opening.accept();
      else opening.reject({ status: 307, fields: [["Location", "/moved"]] });
    });
    const agent = new Agent();
    const error = await connect(url, open(agent)).catch((thrown) => thrown);
    expect(error.failure).toMatchObject({ kind: "rejected", response: { status: 307 } });
    const socket = await connect(url, { followRedirects: 1, ...open(agent) });
    expect(keys.size).toBe(3);
    socket.close();
  });

  it("is given up with the request when its signal aborts", async () => {
    const { port, server } = await openHttpServer();
    const left = new Promise<void>((resolve) => {
      server.on("upgrade", (_request, socket) => {
        socket
          .on("error", () => {})
          .on("end", () => resolve())
          .resume();
        controller.abort(new Error("changed my mind"));
      });
    });
    const controller = new AbortController();
    const { signal } = controller;
    const attempt = connect(`ws://${host}:${port}/`, { signal, ...open(new Agent()) });
    await expect(attempt).rejects.toThrow("changed my mind");
    await left;
  });
});

it("a client over undici exchanges messages", async () => {
  const { url } = await openServer();
  const socket = await connect(url, { openTransport: openWithUndici, extensions: [permessageDeflate()] });
  expect(socket.extensions).toBe("");
  const peer = new Peer(socket);
  peer.socket.send("hello");
  expect(await peer.next()).toEqual({ type: "text", data: "hello" });
  expect(await peer.close(1000)).toMatchObject({ clean: true });
});

it("a server answers an upgrade by hand, and a WebSocketServer adopts the connection", async () => {
  const sockets = new WebSocketServer(() => {}, { extensions: [permessageDeflate({ threshold: 0 })] });
  const { port, server } = await openHttpServer();
  server.on("upgrade", (incoming, socket, rest) => {
    const check = checkOpeningRequest(requestHead(incoming));
    if (check.type === "violation") {
      const { head, body } = rejectOpeningRequest(rejectionFor(check.violation));
      socket.write(encodeResponseHead(head));
      socket.end(body);
      return;
    }
    const { head, agreement } = answerOpeningRequest(check.request, {
      extensions: [permessageDeflate({ threshold: 0 })],
      fields: [["Set-Cookie", "a=b"]],
    });
    socket.write(encodeResponseHead(head));
    const accepted = sockets.adopt(
      { transport: new NodeTransport(socket), agreement, rest: new Uint8Array(rest) },
      { url: `ws://${check.request.authority}${check.request.resourceName}` },
    );
    accepted.onmessage = ({ data }) => accepted.send(data);
  });
  const peer = new Peer(await connect(`ws://${host}:${port}/chat`, { extensions: [permessageDeflate()] }));
  expect(peer.socket.extensions).toContain("permessage-deflate");
  peer.socket.send("hello ".repeat(1_000));
  expect(await peer.next()).toEqual({ type: "text", data: "hello ".repeat(1_000) });
  const [accepted] = [...sockets.sockets];
  expect(accepted?.url).toBe(`ws://${host}:${port}/chat`);
  await sockets.close();
  expect(await peer.closed).toMatchObject({ clean: true, statusCode: 1001 });

  const outgoing = sendRequest({ host, port, headers: { Connection: "Upgrade", Upgrade: "websocket" } }).end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  expect(response.statusCode).toBe(400);
  response.resume();
});
