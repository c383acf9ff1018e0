/** A WebSocketServer that is closing while its HTTP server keeps running rejects new openings with 503. */
import { once } from "node:events";
import { createServer as createHttp2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { firstFieldValue } from "@hybi/core/opening";
import { connect, OpeningError, upgrade, upgradeStream, WebSocketServer } from "@hybi/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { openingRequest, RawClient } from "./support/raw-client.ts";
import { host, openHttpServer, openPeer } from "./support/servers.ts";
import { until } from "./support/turns.ts";

/** One way to serve openings, for each HTTP version. Returns the port. */
async function overHttp1(sockets: WebSocketServer): Promise<number> {
  const { port, server } = await openHttpServer();
  server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, sockets));
  return port;
}

async function overHttp2(sockets: WebSocketServer): Promise<number> {
  const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream, headers) => upgradeStream(stream, headers, sockets));
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe.each([
  { name: "HTTP/1.1", open: overHttp1, transport: {} },
  { name: "HTTP/2", open: overHttp2, transport: { http2: true } },
])("over $name, a server of WebSockets", ({ open, transport }) => {
  it("rejects openings with 503 while it closes and once it is closed [R30]", async () => {
    let asked = 0;
    const sockets = new WebSocketServer((opening) => {
      asked++;
      opening.accept();
    });
    const url = `ws://${host}:${await open(sockets)}/`;
    const refused = async (): Promise<unknown> => {
      const error = await connect(url, { transportOptions: transport }).catch((error: OpeningError) => error);
      const response =
        error instanceof OpeningError && error.failure.kind === "rejected" ? error.failure.response : undefined;
      return [response?.status, firstFieldValue(response?.fields ?? [], "retry-after")];
    };
    const peer = await openPeer(url, { transportOptions: transport });
    // The peer does not reply to the Close frame yet.
    peer.socket.pause();
    const closed = sockets.close();
    expect(await refused()).toEqual([503, "5"]);
    peer.socket.resume();
    expect(await peer.closed).toMatchObject({ clean: true, statusCode: 1001 });
    await closed;
    expect(await refused()).toEqual([503, "5"]);
    expect(asked).toBe(1);
    await until(() => sockets.connections === 0);
  });
});

describe("over HTTP/1.1, the response of a closed server", () => {
  it("has Connection: close, and ends the connection [R30]", async () => {
    const sockets = new WebSocketServer((opening) => opening.accept());
    const client = new RawClient(await overHttp1(sockets));
    await sockets.close();
    client.socket.write(openingRequest());
    await client.until(() => client.ended);
    expect(client.text).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\nConnection: close\r\n/);
  });
});
