import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { eventually, limit, listen, Peer, rawUpgrade } from "./support.mjs";

async function serve(t, options = {}) {
  const http = createServer();
  const server = new Server(http, options);
  const port = await listen(t, http);
  t.after(() => server.close());
  const connect = (more = {}) => {
    const socket = io(`http://127.0.0.1:${port}`, {
      transports: ["websocket"],
      reconnection: false,
      forceNew: true,
      ...more,
    });
    t.after(() => socket.disconnect());
    return socket;
  };
  return { server, port, connect };
}

test("acknowledgements carry texts, numbers and bytes both ways", limit, async (t) => {
  const { server, connect } = await serve(t);
  server.on("connection", (socket) => {
    socket.on("echo", (first, second, reply) => reply({ second, first, more: Buffer.from([9, 8]) }));
  });
  const socket = connect();
  await once(socket, "connect");
  const answer = await socket.emitWithAck("echo", "héllo ✓", { deep: [1, Buffer.from([1, 2, 3])] });
  assert.equal(answer.first, "héllo ✓");
  assert.equal(answer.second.deep[0], 1);
  assert.deepEqual([...answer.second.deep[1]], [1, 2, 3]);
  assert.deepEqual([...answer.more], [9, 8]);
});

test("500 messages arrive in order, texts and bytes mixed", limit, async (t) => {
  const { server, connect } = await serve(t);
  server.on("connection", (socket) => socket.on("n", (...args) => socket.emit("n", ...args)));
  const socket = connect();
  const seen = [];
  const done = new Promise((resolve) =>
    socket.on("n", (index, bytes) => {
      seen.push(bytes === undefined ? index : [index, ...bytes]);
      if (seen.length === 500) resolve();
    }),
  );
  await once(socket, "connect");
  const sent = Array.from({ length: 500 }, (_, index) => (index % 7 === 0 ? [index, index & 255, 1] : index));
  for (const item of sent) {
    if (typeof item === "number") socket.emit("n", item);
    else socket.emit("n", item[0], Buffer.from(item.slice(1)));
  }
  await done;
  assert.deepEqual(seen, sent);
});

test("a connection begins with polling and is upgraded", limit, async (t) => {
  const { server, connect } = await serve(t);
  server.on("connection", (socket) => socket.on("echo", (value, reply) => reply(value, socket.conn.transport.name)));
  const socket = connect({ transports: ["polling", "websocket"] });
  const [accepted] = await once(server.engine, "connection");
  assert.equal(accepted.transport.name, "polling");
  await once(accepted, "upgrade");
  if (!socket.connected) await once(socket, "connect");
  const answer = await new Promise((resolve) => socket.emit("echo", "after", (...args) => resolve(args)));
  assert.deepEqual(answer, ["after", "websocket"]);
});

test("a room, broadcasts and namespaces reach whom they should", limit, async (t) => {
  const { server, connect, port } = await serve(t);
  server.on("connection", (socket) => socket.on("join", (room, reply) => reply(socket.join(room))));
  const named = server.of("/named");
  const sockets = Array.from({ length: 8 }, () => connect());
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  const heard = sockets.map(() => []);
  for (const [index, socket] of sockets.entries()) socket.on("news", (value) => heard[index].push(String(value)));
  await Promise.all(sockets.slice(0, 3).map((socket) => socket.emitWithAck("join", "room")));
  server.to("room").emit("news", "to the room");
  server.emit("news", Buffer.from("to all"));
  server.except("room").emit("news", "to the others");
  server.emit("news", "last");
  await eventually(() => heard.every((list) => list.at(-1) === "last"));
  for (const list of heard.slice(0, 3)) assert.deepEqual(list, ["to the room", "to all", "last"]);
  for (const list of heard.slice(3)) assert.deepEqual(list, ["to all", "to the others", "last"]);

  const there = io(`http://127.0.0.1:${port}/named`, { transports: ["websocket"], forceNew: true });
  t.after(() => there.disconnect());
  const [[accepted]] = await Promise.all([once(named, "connection"), once(there, "connect")]);
  const hello = once(there, "hello");
  accepted.emit("hello", "by name");
  assert.deepEqual(await hello, ["by name"]);
});

test("long messages are compressed when the server asks for it", limit, async (t) => {
  const { server, port } = await serve(t, { perMessageDeflate: { threshold: 64 } });
  server.on("connection", (socket) => socket.on("echo", (value) => socket.emit("echo", value)));
  const peer = new Peer(t, `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  await peer.opened;
  assert.match(peer.socket.extensions, /permessage-deflate/);
  assert.match(await peer.next(), /^0\{/);
  peer.send("40");
  assert.match(await peer.next(), /^40\{/);
  const before = peer.socket._socket.bytesRead;
  const long = "compressible ".repeat(10_000);
  peer.send(`42${JSON.stringify(["echo", long])}`);
  assert.equal(await peer.next(), `42${JSON.stringify(["echo", long])}`);
  assert.ok(peer.socket._socket.bytesRead - before < long.length / 20, "it came back uncompressed");
});

test("a compressed conversation of both halves", limit, async (t) => {
  const { server, connect } = await serve(t, { perMessageDeflate: { threshold: 10 }, maxHttpBufferSize: 4e6 });
  server.on("connection", (socket) => socket.on("echo", (value, reply) => reply(value)));
  const socket = connect({ perMessageDeflate: { threshold: 10 } });
  await once(socket, "connect");
  for (const length of [1, 100, 65_535, 65_536, 1_000_000]) {
    const value = "äbc".repeat(length / 3 + 1).slice(0, length);
    assert.equal(await socket.emitWithAck("echo", value), value);
    const bytes = Buffer.alloc(length, length);
    assert.ok(bytes.equals(await socket.emitWithAck("echo", bytes)));
  }
});

test("a message above maxHttpBufferSize ends the connection", limit, async (t) => {
  const { server, connect } = await serve(t, { maxHttpBufferSize: 1000 });
  const got = [];
  const reason = new Promise((resolve) =>
    server.on("connection", (socket) => {
      socket.on("data", (value, reply) => reply(got.push(value.length)));
      socket.on("disconnect", resolve);
    }),
  );
  const socket = connect();
  await once(socket, "connect");
  const gone = once(socket, "disconnect");
  assert.equal(await socket.emitWithAck("data", "x".repeat(500)), 1);
  socket.emit("data", "x".repeat(5000), () => {});
  assert.match(await reason, /^transport (close|error)$/);
  const [why] = await gone;
  assert.match(why, /^transport (close|error)$/);
  assert.deepEqual(got, [500]);
});

test("either side ends the connection, and each knows who did", limit, async (t) => {
  const { server, connect } = await serve(t);
  const first = connect();
  const [[ofFirst]] = await Promise.all([once(server, "connection"), once(first, "connect")]);
  const ended = once(first, "disconnect");
  ofFirst.disconnect(true);
  assert.equal((await ended)[0], "io server disconnect");
  const second = connect();
  const [[ofSecond]] = await Promise.all([once(server, "connection"), once(second, "connect")]);
  const left = once(ofSecond, "disconnect");
  second.disconnect();
  assert.equal((await left)[0], "client namespace disconnect");
  await eventually(() => server.engine.clientsCount === 0);
});

test("a client that is not there any more is noticed by the heartbeat", limit, async (t) => {
  const { server, port } = await serve(t, { pingInterval: 50, pingTimeout: 50 });
  const gone = once(server, "connection").then(([socket]) => once(socket, "disconnect"));
  const peer = new Peer(t, `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  await peer.opened;
  peer.send("40");
  assert.match(await peer.next(), /^0/);
  assert.match(await peer.next(), /^40/);
  assert.equal(await peer.next(), "2");
  assert.equal((await gone)[0], "ping timeout");
  await peer.closed;
});

test("fields of requests and responses pass through", limit, async (t) => {
  const { server, connect, port } = await serve(t, { cookie: { name: "sid", path: "/chat" } });
  server.engine.on("headers", (fields, request) => {
    fields["x-served"] = `for ${request.headers["x-who"]}`;
  });
  const socket = connect({ extraHeaders: { "x-who": "me", cookie: "a=b" }, auth: { token: "t" } });
  const [[accepted]] = await Promise.all([once(server, "connection"), once(socket, "connect")]);
  assert.equal(accepted.handshake.headers["x-who"], "me");
  assert.equal(accepted.handshake.headers.cookie, "a=b");
  assert.equal(accepted.handshake.auth.token, "t");
  assert.equal(accepted.handshake.address.replace("::ffff:", ""), "127.0.0.1");
  const head = await rawUpgrade(port, "/socket.io/?EIO=4&transport=websocket", { "x-who": "raw" });
  assert.match(head, /^HTTP\/1\.1 101 /);
  assert.match(head, /\r\nx-served: for raw(\r\n|$)/i);
  assert.match(head, /\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=(\r\n|$)/i);
});

test("allowRequest and a middleware turn clients away", limit, async (t) => {
  const { server, connect } = await serve(t, {
    allowRequest: (request, callback) => callback(null, request.headers["x-key"] === "right"),
  });
  server.use((socket, next) => next(socket.handshake.auth.ok ? undefined : new Error("not you")));
  const refused = connect();
  const [error] = await once(refused, "connect_error");
  assert.equal(error.type, "TransportError");
  assert.equal(error.message, "websocket error");
  const unwanted = connect({ extraHeaders: { "x-key": "right" } });
  assert.equal((await once(unwanted, "connect_error"))[0].message, "not you");
  const welcome = connect({ extraHeaders: { "x-key": "right" }, auth: { ok: true } });
  await once(welcome, "connect");
  assert.equal(welcome.connected, true);
});

test("a client comes back after the server has dropped it", limit, async (t) => {
  const { server, connect } = await serve(t);
  const socket = connect({ reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 20 });
  const [accepted] = await once(server, "connection");
  if (!socket.connected) await once(socket, "connect");
  const back = once(server, "connection");
  accepted.conn.transport.socket.terminate();
  const [again] = await back;
  again.emit("hello", "again");
  assert.deepEqual(await once(socket, "hello"), ["again"]);
});
