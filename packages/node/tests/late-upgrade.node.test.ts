/** Upgrading a request after an await, when the client has left meanwhile: a program cannot know that in advance. */
import { once } from "node:events";
import { createServer as createHttp2Server, connect as openSession, type ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect, upgrade, upgradeStream, WebSocketServer } from "@hybi/node";
import { expect, it, onTestFinished } from "vitest";
import { openingRequest, RawClient } from "./support/raw-client.ts";
import { host, openHttpServer } from "./support/servers.ts";
import { until } from "./support/turns.ts";

function watched(): { sockets: WebSocketServer; asked: () => number; failures: unknown[] } {
  const failures: unknown[] = [];
  let asked = 0;
  const sockets = new WebSocketServer(
    (opening) => {
      asked++;
      opening.accept();
    },
    { onFailure: (failure) => failures.push(failure) },
  );
  return { sockets, asked: () => asked, failures };
}

it.each(["FIN", "RST"])(
  "an upgrade after the client's %s calls no handler and keeps nothing [R01] [R20]",
  async (end) => {
    const { sockets, asked, failures } = watched();
    const { port, server } = await openHttpServer();
    let connection: Duplex | undefined;
    server.on("upgrade", async (request, socket: Socket, head) => {
      connection = socket;
      socket.on("error", () => {});
      // As in a program whose HTTP framework keeps reading.
      socket.resume();
      if (end === "FIN") await once(socket, "end");
      else await new Promise((resolve) => socket.once("close", resolve));
      upgrade(request, socket, head, sockets);
    });
    const client = new RawClient(port);
    await client.connected();
    client.socket.write(openingRequest());
    await until(() => connection !== undefined);
    if (end === "FIN") client.socket.end();
    else client.socket.resetAndDestroy();
    await until(() => failures.length === 1);
    expect(failures[0]).toMatchObject({
      kind: "transport",
      error: { message: expect.stringContaining("closed the connection") },
    });
    await until(() => connection?.destroyed === true);
    expect([asked(), sockets.connections]).toEqual([0, 0]);
    expect(sockets.totals.refusals).toMatchObject({ left: 1, tls: 0 });
  },
);

it("an Extended CONNECT taken over after its stream was reset calls no handler [R02]", async () => {
  const { sockets, asked, failures } = watched();
  const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => sessions.add(session));
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  server.on("stream", async (stream, headers) => {
    stream.on("error", () => {});
    await once(stream, "close");
    upgradeStream(stream, headers, sockets);
  });
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const controller = new AbortController();
  const refused = connect(`ws://${host}:${port}/`, {
    transportOptions: { http2: true },
    signal: controller.signal,
  }).catch((error: Error) => error.name);
  await until(() => sessions.size === 1);
  setTimeout(() => controller.abort(), 50);
  expect(await refused).toBe("AbortError");
  await until(() => failures.length === 1);
  expect([asked(), sockets.connections]).toEqual([0, 0]);
  expect(sockets.totals.refusals).toMatchObject({ left: 1, tls: 0 });
});

it("a closed HTTP/2 session is not mistaken for a server without WebSocket support [R22]", async () => {
  const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const session = openSession(`http://${host}:${port}/`);
  await once(session, "remoteSettings");
  session.close();
  await once(session, "close");
  const refused = connect(`ws://${host}:${port}/`, { transportOptions: { http2: session } });
  await expect(refused).rejects.toThrow(/session is closed/);
});
