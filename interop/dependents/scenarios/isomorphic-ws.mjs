import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { test } from "node:test";
import WebSocket from "isomorphic-ws";
import { eventually, limit } from "./support.mjs";

const require = createRequire(import.meta.url);

test("it is what require and import of ws give", limit, async () => {
  assert.equal(WebSocket, require("ws"));
  assert.equal(WebSocket.WebSocket, WebSocket);
  assert.equal((await import("ws")).default, WebSocket);
  assert.equal((await import("ws")).WebSocketServer, WebSocket.Server);
  assert.deepEqual([WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED], [0, 1, 2, 3]);
});

test("its documented use: events as properties, both halves", limit, async (t) => {
  const server = new WebSocket.Server({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  t.after(() => server.close());
  server.on("connection", (socket) => {
    socket.onmessage = ({ data, type, target }) => target.send(`${type} ${data}`);
  });
  const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}/`);
  const log = [];
  socket.onopen = ({ type }) => {
    log.push(type);
    socket.send(12);
  };
  socket.onmessage = ({ data }) => {
    log.push(data);
    socket.close(1000, "fin");
  };
  socket.onclose = ({ code, wasClean, type }) => log.push([type, code, wasClean]);
  await eventually(() => log.length === 3);
  assert.deepEqual(log, ["open", "message 12", ["close", 1000, true]]);
});
