import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocketServer } from "control";
import Reconnecting from "reconnecting-websocket";
import WebSocket from "ws";
import { eventually, limit } from "./support.mjs";

async function serve(t) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  const got = [];
  server.on("connection", (socket, request) => {
    socket.on("message", (data, isBinary) => {
      got.push(isBinary ? [...data] : String(data));
      socket.send(data, { binary: isBinary });
    });
    socket.on("close", (code, reason) => got.push(["close", code, String(reason)]));
    got.push(["open", request.headers["sec-websocket-protocol"] ?? ""]);
  });
  await once(server, "listening");
  t.after(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const connect = (options = {}, protocols = undefined) => {
    const socket = new Reconnecting(`ws://127.0.0.1:${server.address().port}`, protocols, {
      WebSocket,
      minReconnectionDelay: 10,
      maxReconnectionDelay: 20,
      ...options,
    });
    t.after(() => socket.close());
    return socket;
  };
  return { server, got, connect };
}

test("messages sent before it is open, echoed as text and as bytes", limit, async (t) => {
  const { got, connect } = await serve(t);
  const socket = connect({}, "chat");
  socket.binaryType = "arraybuffer";
  const back = [];
  socket.addEventListener("message", ({ data }) =>
    back.push(typeof data === "string" ? data : [...new Uint8Array(data)]),
  );
  socket.send("early");
  socket.send(new Uint8Array([1, 2]).buffer);
  await eventually(() => back.length === 2);
  assert.deepEqual(back, ["early", [1, 2]]);
  assert.deepEqual(got, [["open", "chat"], "early", [1, 2]]);
  assert.equal(socket.readyState, 1);
});

test("it comes back after a close, after a cut, and not after its own close", limit, async (t) => {
  const { server, got, connect } = await serve(t);
  const socket = connect();
  const log = [];
  socket.addEventListener("open", () => log.push("open"));
  socket.addEventListener("close", ({ code, reason }) => log.push([code, reason]));
  await eventually(() => log.length === 1);
  for (const client of server.clients) client.close(1012, "restart");
  await eventually(() => log.length === 3);
  socket.send("between");
  await eventually(() => got.includes("between"));
  for (const client of server.clients) client.terminate();
  await eventually(() => log.filter((entry) => entry === "open").length === 3);
  socket.close(4000, "own");
  await eventually(() => got.some((entry) => entry[1] === 4000));
  assert.deepEqual(log[1], [1012, "restart"]);
  assert.equal(log[3][0], 1006);
  assert.deepEqual(got.at(-1), ["close", 4000, "own"]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(got.filter((entry) => entry[0] === "open").length, 3);
});

test("a server that is not there is tried as often as was asked", limit, async (t) => {
  const socket = new Reconnecting("ws://127.0.0.1:1", [], {
    WebSocket,
    maxRetries: 3,
    minReconnectionDelay: 1,
    maxReconnectionDelay: 2,
  });
  t.after(() => socket.close());
  const errors = [];
  socket.addEventListener("error", ({ message }) => errors.push(message));
  await eventually(() => errors.length === 4);
  for (const message of errors) assert.match(message, /ECONNREFUSED/);
});
