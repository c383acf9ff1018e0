import "reflect-metadata";
import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { test } from "node:test";
import { eventually, limit, Peer, rawUpgrade } from "./support.mjs";

const require = createRequire(import.meta.url);
const { Module } = require("@nestjs/common");
const { NestFactory } = require("@nestjs/core");
const { WsAdapter } = require("@nestjs/platform-ws");
const { SubscribeMessage, WebSocketGateway } = require("@nestjs/websockets");
const { from, map } = require("rxjs");

/** A gateway, decorated by hand: these programs are plain JavaScript. */
function gateway(log, options) {
  class Gateway {
    afterInit(server) {
      log.server = server;
    }
    handleConnection(_, request) {
      log.push(["connection", request.url]);
    }
    handleDisconnect() {
      log.push("disconnect");
    }
    echo(_, data) {
      return { event: "echo", data };
    }
    count(_, data) {
      return from(Array.from({ length: data }, (_, index) => index)).pipe(
        map((value) => ({ event: "count", data: value })),
      );
    }
  }
  for (const name of ["echo", "count"])
    SubscribeMessage(name)(Gateway.prototype, name, Object.getOwnPropertyDescriptor(Gateway.prototype, name));
  WebSocketGateway(options)(Gateway);
  class App {}
  Module({ providers: [Gateway] })(App);
  return App;
}

async function serve(t, options) {
  const log = [];
  const app = await NestFactory.create(gateway(log, options), { logger: false });
  app.useWebSocketAdapter(new WsAdapter(app));
  await app.listen(0, "127.0.0.1");
  t.after(() => app.close());
  return { app, log, port: app.getHttpServer().address().port };
}

test("handlers answer with values and with observables", limit, async (t) => {
  const { log, port } = await serve(t, { path: "/ws" });
  const peer = new Peer(t, `ws://127.0.0.1:${port}/ws?a=1`);
  await peer.opened;
  peer.send(JSON.stringify({ event: "echo", data: { a: ["ö"] } }));
  assert.deepEqual(JSON.parse(await peer.next()), { event: "echo", data: { a: ["ö"] } });
  peer.send(JSON.stringify({ event: "count", data: 5 }));
  for (let data = 0; data < 5; data++) assert.deepEqual(JSON.parse(await peer.next()), { event: "count", data });
  peer.send("not json");
  peer.send(JSON.stringify({ event: "unknown" }));
  peer.send(JSON.stringify({ event: "echo", data: "still there" }));
  assert.equal(JSON.parse(await peer.next()).data, "still there");
  peer.socket.close();
  await eventually(() => log.includes("disconnect"));
  assert.deepEqual([...log], [["connection", "/ws?a=1"], "disconnect"]);
});

test("other paths are not served, and a broadcast reaches all", limit, async (t) => {
  const { log, port } = await serve(t, { path: "/ws" });
  assert.doesNotMatch(await rawUpgrade(port, "/other"), /101/);
  const peers = Array.from({ length: 4 }, () => new Peer(t, `ws://127.0.0.1:${port}/ws`));
  await Promise.all(peers.map((peer) => peer.opened));
  for (const client of log.server.clients) client.send("news");
  assert.deepEqual(await Promise.all(peers.map((peer) => peer.next())), Array(4).fill("news"));
});

test("an application that closes cuts its clients off", limit, async (t) => {
  const { app, port } = await serve(t, { path: "/ws" });
  const peer = new Peer(t, `ws://127.0.0.1:${port}/ws`);
  await once(peer.socket, "open");
  await app.close();
  assert.equal((await peer.closed).code, 1006);
});
