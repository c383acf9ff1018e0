import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { serve } from "@hono/node-server";
import { createNodeWebSocket } from "@hono/node-ws";
import { Hono } from "hono";
import { eventually, limit, Peer, rawUpgrade } from "./support.mjs";

async function start(t) {
  const app = new Hono();
  const { injectWebSocket, upgradeWebSocket, wss } = createNodeWebSocket({ app });
  const log = [];
  app.get("/plain", (c) => c.text("plain"));
  app.get(
    "/ws/:name",
    async (c, next) => {
      if (c.req.query("key") === "wrong") return c.text("no", 403);
      await next();
    },
    upgradeWebSocket((c) => ({
      onOpen: (_, socket) => socket.send(`hello ${c.req.param("name")}, ${c.req.header("x-own") ?? "no field"}`),
      onMessage: ({ data }, socket) => {
        if (data === "bye") socket.close(4002, "as you wish");
        else if (typeof data === "string") socket.send(`text ${data}`);
        else socket.send(data);
      },
      onClose: ({ code, reason, wasClean }) => log.push([code, String(reason), wasClean]),
    })),
  );
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  injectWebSocket(server);
  if (!server.listening) await once(server, "listening");
  t.after(() => {
    wss.close();
    server.closeAllConnections();
    server.close();
  });
  return { wss, log, port: server.address().port };
}

test("texts and bytes, with the context of the request", limit, async (t) => {
  const { port } = await start(t);
  const peer = new Peer(t, `ws://127.0.0.1:${port}/ws/ada`, [], { headers: { "x-own": "field" } });
  assert.equal(await peer.next(), "hello ada, field");
  peer.send("✓");
  assert.equal(await peer.next(), "text ✓");
  const bytes = Buffer.alloc(100_000, 3);
  peer.send(bytes);
  assert.ok(bytes.equals(await peer.next()));
});

test("either side closes, and the other hears code and reason", limit, async (t) => {
  const { port, log } = await start(t);
  const first = new Peer(t, `ws://127.0.0.1:${port}/ws/a`);
  await first.next();
  first.send("bye");
  assert.deepEqual(await first.closed, { code: 4002, reason: "as you wish" });
  const second = new Peer(t, `ws://127.0.0.1:${port}/ws/b`);
  await second.next();
  second.socket.close(4003, "enough");
  assert.equal((await second.closed).code, 4003);
  await eventually(() => log.length === 2);
  assert.deepEqual(
    log.map(([code]) => code),
    [4002, 4003],
  );
  assert.equal(log[1][1], "enough");
});

test("middleware and missing routes refuse over HTTP", limit, async (t) => {
  const { port, wss } = await start(t);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/plain`)).text(), "plain");
  assert.match(await rawUpgrade(port, "/ws/a?key=wrong"), /^HTTP\/1\.1 403 /);
  assert.match(await rawUpgrade(port, "/nowhere"), /^HTTP\/1\.1 404 /);
  assert.equal(wss.clients.size, 0);
});
