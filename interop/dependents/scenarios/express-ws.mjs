import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import express from "express";
import expressWs from "express-ws";
import { eventually, limit, Peer, rawUpgrade } from "./support.mjs";

async function serve(t) {
  const { app, applyTo, getWss } = expressWs(express());
  const log = [];
  app.use((request, _, next) => {
    request.marked = "by middleware";
    next();
  });
  app.get("/plain", (_, response) => response.send("plain"));
  app.ws("/echo/:name", (socket, request) => {
    log.push([request.params.name, request.query.q, request.marked]);
    socket.on("message", (message, isBinary) => socket.send(isBinary ? message : `${request.params.name}: ${message}`));
    socket.on("close", (code, reason) => log.push([code, String(reason)]));
  });
  const router = express.Router();
  applyTo(router);
  router.ws("/inner", (socket) => socket.send("from a router"));
  app.use("/outer", router);
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    getWss().close();
    server.closeAllConnections();
    server.close();
  });
  return { getWss, log, port: server.address().port };
}

test("routes with parameters, a query and middleware", limit, async (t) => {
  const { log, port } = await serve(t);
  const peer = new Peer(t, `ws://127.0.0.1:${port}/echo/ada?q=1`);
  await peer.opened;
  peer.send("hello");
  assert.equal(await peer.next(), "ada: hello");
  peer.send(Buffer.from([1, 2]));
  assert.deepEqual([...(await peer.next())], [1, 2]);
  peer.socket.close(4000, "done");
  assert.equal((await peer.closed).code, 4000);
  await eventually(() => log.length === 2);
  assert.deepEqual(log, [
    ["ada", "1", "by middleware"],
    [4000, "done"],
  ]);
});

test("a router below a path, plain HTTP beside it, and a path that nobody has", limit, async (t) => {
  const { port } = await serve(t);
  const peer = new Peer(t, `ws://127.0.0.1:${port}/outer/inner`);
  assert.equal(await peer.next(), "from a router");
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/plain`)).text(), "plain");
  // express-ws accepts each handshake, and closes where no route has taken the socket.
  const lost = new Peer(t, `ws://127.0.0.1:${port}/nowhere`);
  await lost.closed;
  assert.match(await rawUpgrade(port, "/echo/x"), /^HTTP\/1\.1 101 /);
});

test("a broadcast to getWss().clients", limit, async (t) => {
  const { getWss, port } = await serve(t);
  const peers = Array.from({ length: 5 }, (_, index) => new Peer(t, `ws://127.0.0.1:${port}/echo/${index}`));
  await Promise.all(peers.map((peer) => peer.opened));
  assert.equal(getWss().clients.size, 5);
  for (const client of getWss().clients) client.send("to all");
  assert.deepEqual(await Promise.all(peers.map((peer) => peer.next())), Array(5).fill("to all"));
  peers[0].socket.terminate();
  await eventually(() => getWss().clients.size === 4);
});
