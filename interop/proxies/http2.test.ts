/** HTTP/2 at the proxy (RFC 8441): HAProxy translates both ways; nginx does not, and clients get an error. */
import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { connect, upgradeStream, WebSocketServer } from "@hybi/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { startProxy } from "../../examples/behind-a-proxy/proxy.ts";
import { openingRequest, RawClient } from "./raw-client.ts";
import { describeBehind, Visitor } from "./world.ts";

const http2 = { secure: true, transportOptions: { http2: true } };

describeBehind(["haproxy"], "over HTTP/2", {}, (world) => {
  it("an Extended CONNECT is an ordinary upgrade to the backend, and messages pass the proxy", async () => {
    const visitor = await world.visit("/", http2);
    expect(visitor.greeting).toMatchObject({ secure: true });
    const sent = new Uint8Array(3 << 20).map((_, at) => (at * 31) >>> 3);
    const received = await visitor.ask(sent);
    expect(Buffer.compare(new Uint8Array(received as ArrayBuffer), sent)).toBe(0);
    visitor.socket.close(4001, "bye");
    expect(await visitor.closed).toMatchObject({ code: 4001, wasClean: true });
  });

  it("a rejection of the backend passes the proxy", async () => {
    const error = await world.visit("/private", http2).catch((thrown) => thrown);
    expect(error.failure.response.status).toBe(403);
  });

  it("an upgrade without Sec-WebSocket-Key is rejected by the proxy and does not reach a backend", async () => {
    const client = new RawClient(world.proxy);
    client.socket.write(openingRequest([], "Sec-WebSocket-Key"));
    await client.until(/\r\n\r\n/);
    expect(client.received).toMatch(/^HTTP\/1\.[01] 400 /);
    expect(client.received).not.toContain("RFC 6455");
  });
});

const withHttp2 = { nginx: { "listen 127.0.0.1:8443 ssl": "listen 127.0.0.1:8443 ssl http2" } };

describeBehind(["nginx"], "over HTTP/2", { changes: withHttp2 }, (world) => {
  it("a client that requires HTTP/2 gets an error that WebSocket is not supported over it, and another client connects", async () => {
    const error = await world.visit("/", http2).catch((thrown) => thrown);
    // RFC 8441 §3: SETTINGS_ENABLE_CONNECT_PROTOCOL was not sent.
    expect(error).toMatchObject({ name: "OpeningError", cause: { code: "opening/extended-connect-not-enabled" } });
    const visitor = await world.visit("/", { secure: true });
    expect(await visitor.ask("hello")).toBe(`${visitor.greeting.name}: hello`);
  });

  it("an upgrade without Sec-WebSocket-Key is rejected by the backend, which names the broken rule", async () => {
    const client = new RawClient(world.proxy);
    client.socket.write(openingRequest([], "Sec-WebSocket-Key"));
    await client.until(/RFC 6455/);
    expect(client.received).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("behind haproxy, which speaks HTTP/2 with its backends", () => {
  it("an upgrade is an Extended CONNECT to the backend, and so is an Extended CONNECT", async () => {
    const bootstraps: string[] = [];
    const sockets = new WebSocketServer((opening) => {
      bootstraps.push(opening.request.bootstrap);
      const socket = opening.accept();
      socket.onmessage = ({ data }) => socket.send(`echo: ${data}`);
    });
    const server = createServer({ settings: { enableConnectProtocol: true } });
    server.on("stream", (stream, headers) => upgradeStream(stream, headers, sockets));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const changes = { "check inter 1s": "proto h2" };
    const proxy = await startProxy("haproxy", [{ port }, { port }], changes);
    onTestFinished(async () => {
      await proxy.stop();
      server.close();
    });

    for (const [url, transport] of [
      [proxy.url, {}],
      [proxy.secureUrl, { http2: true, tls: { ca: proxy.certificate } }],
    ] as const) {
      const visitor = new Visitor(await connect(url, { transportOptions: transport }));
      expect(await visitor.ask("Grüße")).toBe("echo: Grüße");
      visitor.socket.close(4001, "bye");
      expect(await visitor.closed).toMatchObject({ code: 4001, wasClean: true });
    }
    expect(bootstraps).toEqual(["extended-connect", "extended-connect"]);
  });
});
