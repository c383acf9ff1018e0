import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { WebSocketServer } from "control";
import { attach } from "engine.io";
import { Socket } from "engine.io-client";
import { eventually, limit, listen, Peer, rawUpgrade } from "./support.mjs";

async function serve(t, options = {}) {
  const http = createServer();
  const engine = attach(http, { transports: ["polling", "websocket"], ...options });
  const port = await listen(t, http);
  t.after(() => engine.close());
  const connect = (more = {}) => {
    const socket = new Socket(`ws://127.0.0.1:${port}`, { transports: ["websocket"], ...more });
    t.after(() => socket.close());
    return socket;
  };
  return { engine, port, connect };
}

test("texts and bytes, with the callbacks of send in order", limit, async (t) => {
  const { engine, connect } = await serve(t);
  const [accepted, socket] = await Promise.all([
    once(engine, "connection").then(([socket]) => socket),
    (async () => {
      const socket = connect();
      socket.binaryType = "arraybuffer";
      await once(socket, "open");
      return socket;
    })(),
  ]);
  const log = [];
  accepted.on("drain", () => log.push("drain"));
  const got = [];
  socket.on("message", (data) => got.push(typeof data === "string" ? data : [...new Uint8Array(data)]));
  accepted.send("a", () => log.push("sent a"));
  accepted.send(Buffer.from([1, 2]), () => log.push("sent bytes"));
  accepted.send("ü".repeat(70_000), () => log.push("sent long"));
  await eventually(() => log.filter((entry) => entry.startsWith("sent")).length === 3 && got.length === 3);
  assert.deepEqual(got, ["a", [1, 2], "ü".repeat(70_000)]);
  assert.deepEqual(
    log.filter((entry) => entry.startsWith("sent")),
    ["sent a", "sent bytes", "sent long"],
  );
  assert.ok(log.includes("drain"));

  const back = [];
  accepted.on("message", (data) => back.push(typeof data === "string" ? data : [...data]));
  socket.send("text");
  socket.send(new Uint8Array([5, 6, 7]));
  await eventually(() => back.length === 2);
  assert.deepEqual(back, ["text", [5, 6, 7]]);
});

test("closing tells why", limit, async (t) => {
  const { engine, connect } = await serve(t);
  const socket = connect();
  const [[accepted]] = await Promise.all([once(engine, "connection"), once(socket, "open")]);
  const ends = Promise.all([once(accepted, "close"), once(socket, "close")]);
  socket.close();
  const [[why], [own]] = await ends;
  assert.equal(why, "transport close");
  assert.equal(own, "forced close");
  assert.equal(engine.clientsCount, 0);
});

test("the close code of the server reaches the client", limit, async (t) => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  t.after(() => server.close());
  const requests = [];
  server.on("connection", (socket, request) => {
    requests.push(request);
    socket.send(
      `0${JSON.stringify({ sid: "s", upgrades: [], pingInterval: 10_000, pingTimeout: 5_000, maxPayload: 1e6 })}`,
    );
    socket.on("message", (data, isBinary) => {
      socket.send(data, { binary: isBinary });
      if (String(data) === "4bye") socket.close(4001, "by server");
    });
  });
  const socket = new Socket(`ws://127.0.0.1:${server.address().port}`, {
    transports: ["websocket"],
    extraHeaders: { "X-Own": "yes" },
  });
  await once(socket, "open");
  assert.equal(socket.id, "s");
  assert.equal(requests[0].headers["x-own"], "yes");
  const got = [];
  socket.on("message", (data) => got.push(String(data)));
  socket.send("first");
  socket.send("bye");
  const [why, details] = await once(socket, "close");
  assert.deepEqual(got, ["first", "bye"]);
  assert.equal(why, "transport close");
  assert.equal(details.context.code, 4001);
  assert.equal(String(details.context.reason), "by server");
});

test("an independent client upgrades from polling by hand", limit, async (t) => {
  const { engine, port } = await serve(t);
  const polled = await (await fetch(`http://127.0.0.1:${port}/engine.io/?EIO=4&transport=polling`)).text();
  const { sid, upgrades } = JSON.parse(polled.slice(1));
  assert.deepEqual(upgrades, ["websocket"]);
  const peer = new Peer(t, `ws://127.0.0.1:${port}/engine.io/?EIO=4&transport=websocket&sid=${sid}`);
  await peer.opened;
  peer.send("2probe");
  assert.equal(await peer.next(), "3probe");
  peer.send("5");
  const socket = engine.clients[sid];
  await eventually(() => socket.transport.name === "websocket");
  const message = once(socket, "message");
  peer.send("4after");
  assert.deepEqual((await message)[0], "after");
  socket.send("back");
  assert.equal(await peer.next(), "4back");
});

test("bad requests are refused over HTTP", limit, async (t) => {
  const { port } = await serve(t);
  assert.match(await rawUpgrade(port, "/engine.io/?EIO=4&transport=tobacco"), /^HTTP\/1\.1 400 /);
  assert.match(await rawUpgrade(port, "/engine.io/?EIO=4&transport=websocket&sid=unknown"), /^HTTP\/1\.1 400 /);
  const version = await rawUpgrade(port, "/engine.io/?EIO=4&transport=websocket", { "Sec-WebSocket-Version": "99" });
  assert.match(version, /^HTTP\/1\.1 4(00|26) /);
  assert.match(await rawUpgrade(port, "/engine.io/?EIO=4&transport=websocket"), /^HTTP\/1\.1 101 /);
});

test("a frame that no client may send ends the connection, and the server lives on", limit, async (t) => {
  const { engine, port, connect } = await serve(t);
  const closed = once(engine, "connection").then(([socket]) => once(socket, "close"));
  const peer = new Peer(t, `ws://127.0.0.1:${port}/engine.io/?EIO=4&transport=websocket`);
  await peer.opened;
  // Opcode 3 is reserved.
  peer.socket._socket.write(Buffer.from([0x83, 0x80, 0, 0, 0, 0]));
  assert.equal((await peer.closed).code, 1002);
  assert.match((await closed)[0], /^transport (error|close)$/);
  await once(connect(), "open");
});
