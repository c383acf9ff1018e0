/** Durations longer than Node's longest timer, wherever an option takes one. */
import { once } from "node:events";
import { createServer as createHttp2Server } from "node:http2";
import * as net from "node:net";
import { connect as openTls } from "node:tls";
import { connect, listen, upgradeStream } from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";
import type { Failure } from "@hybi/websocket";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { echo, host, openPeer, openServer } from "./support/servers.ts";

const { key, cert } = await selfSigned();
const tls = { key, cert };
const spans = [2 ** 31, 1e12, Number.POSITIVE_INFINITY];

/** Warnings of Node, which warns about a timer that is too long and then fires it at once. */
const warnings: string[] = [];

beforeEach(() => {
  warnings.length = 0;
  const warn = ({ name }: Error): void => void warnings.push(name);
  process.on("warning", warn);
  onTestFinished(() => void process.off("warning", warn));
});

/** Waits long enough for a 1 ms timer to fire. */
async function turns(): Promise<void> {
  for (let count = 0; count < 5; count++) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Opens a proxy that responds after a delay. */
async function openSlowProxy(): Promise<string> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    sockets.add(client);
    client.once("data", async (head: Buffer) => {
      await turns();
      const [, port] = /^CONNECT \S+:(\d+) /.exec(head.toString("latin1")) ?? [];
      const upstream = net.connect({ host, port: Number(port) }, () => {
        client.write("HTTP/1.1 200 Fine\r\n\r\n");
        client.pipe(upstream).pipe(client);
      });
      sockets.add(upstream);
      for (const socket of [client, upstream]) socket.on("error", () => socket.destroy());
    });
  });
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://${host}:${(server.address() as net.AddressInfo).port}`;
}

describe.each(spans)("deadlines of %d ms", (span) => {
  const deadlines = {
    opening: span,
    closing: span,
    ping: span,
    pong: span,
    stalled: span,
    idle: span,
    controlWindow: span,
  };

  it("apply to a client behind a slow proxy [R14]", async () => {
    const proxy = await openSlowProxy();
    const server = await openServer(echo, { deadlines });
    const peer = await openPeer(server.url, { deadlines, transportOptions: { proxy } });
    peer.socket.send("hello");
    expect(await peer.next()).toEqual({ type: "text", data: "hello" });
    expect(await peer.close(1000)).toMatchObject({ clean: true });
    expect(warnings).toEqual([]);
  });

  it("apply to a client and a handler over HTTP/2 [R14]", async () => {
    const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
    server.on("stream", (stream, headers) => {
      upgradeStream(
        stream,
        headers,
        async (opening) => {
          await turns();
          echo(opening);
        },
        { deadlines },
      );
    });
    server.listen(0, host);
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `ws://${host}:${(server.address() as net.AddressInfo).port}/`;
    const peer = await openPeer(url, { deadlines, transportOptions: { http2: true } });
    peer.socket.send("hello");
    expect(await peer.next()).toEqual({ type: "text", data: "hello" });
    expect(await peer.close(1000)).toMatchObject({ clean: true });
    expect(warnings).toEqual([]);
  });

  it.each(["deadlines.opening", "tls.handshakeTimeout"])(
    "apply to a TLS handshake when given as %s [R14]",
    async (option) => {
      const failures: Failure[] = [];
      const server = await openServer(echo, {
        ...(option === "deadlines.opening" ? { tls, deadlines } : { tls: { ...tls, handshakeTimeout: span } }),
        onFailure: (failure) => failures.push(failure),
      });
      const socket = net.connect({ port: server.port, host });
      await once(socket, "connect");
      await turns();
      const secure = openTls({ socket, ca: cert, host });
      await once(secure, "secureConnect");
      secure.destroy();
      expect([failures, warnings]).toEqual([[], []]);
    },
  );
});

describe("a TLS handshake", () => {
  it.each([{ opening: 0 }, { opening: 0.5 }, { opening: 30 }])(
    "is aborted after its deadline: %o [R14]",
    async (deadlines) => {
      const failures: Failure[] = [];
      const server = await openServer(echo, { tls, deadlines, onFailure: (failure) => failures.push(failure) });
      const socket = net.connect({ port: server.port, host });
      socket.on("error", () => {});
      await once(socket.resume(), "close");
      expect(failures).toMatchObject([{ kind: "transport", error: { code: "ERR_TLS_HANDSHAKE_TIMEOUT" } }]);
    },
  );

  it.each([Number.NaN, -1, "5", null])(
    "rejects a timeout of %s, and the server does not listen [R14]",
    async (value) => {
      const handshakeTimeout = value as number;
      const refused = { code: "option/range", message: expect.stringContaining("tls.handshakeTimeout") as unknown };
      const listening = listen(echo, { host, tls: { ...tls, handshakeTimeout } });
      await expect(listening).rejects.toMatchObject(refused);
    },
  );
});

describe.each([Number.NaN, -1, "5", null])("a deadline of %s", (value) => {
  it("is rejected by connect and listen before anything is opened [R14]", async () => {
    const deadlines = { opening: value as number };
    const refused = { name: "UsageError", code: "option/range" };
    await expect(listen(echo, { host, deadlines })).rejects.toMatchObject(refused);
    let connections = 0;
    const tcp = net.createServer(() => connections++).listen(0, host);
    await once(tcp, "listening");
    onTestFinished(() => void tcp.close());
    const url = `ws://${host}:${(tcp.address() as net.AddressInfo).port}/`;
    await expect(connect(url, { deadlines })).rejects.toMatchObject(refused);
    await turns();
    expect(connections).toBe(0);
  });
});
