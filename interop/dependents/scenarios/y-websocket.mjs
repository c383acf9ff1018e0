import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocket, WebSocketServer } from "ws";
import * as awarenessProtocol from "y-protocols/awareness";
import * as sync from "y-protocols/sync";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { eventually, limit } from "./support.mjs";

/** The server that the provider speaks to: a document for each path, updates passed on to all. */
async function serve(t) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  const rooms = new Map();
  server.on("connection", (socket, request) => {
    socket.binaryType = "arraybuffer";
    const name = request.url.slice(1).split("?")[0];
    if (!rooms.has(name)) rooms.set(name, { doc: new Y.Doc(), sockets: new Set() });
    const { doc, sockets } = rooms.get(name);
    sockets.add(socket);
    const send = (encoder) => socket.readyState === WebSocket.OPEN && socket.send(encoding.toUint8Array(encoder));
    const onUpdate = (update) => {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, 0);
      sync.writeUpdate(encoder, update);
      send(encoder);
    };
    doc.on("update", onUpdate);
    socket.on("close", () => {
      doc.off("update", onUpdate);
      sockets.delete(socket);
    });
    socket.on("message", (message) => {
      assert.ok(message instanceof ArrayBuffer);
      const decoder = decoding.createDecoder(new Uint8Array(message));
      const encoder = encoding.createEncoder();
      if (decoding.readVarUint(decoder) === 0) {
        encoding.writeVarUint(encoder, 0);
        sync.readSyncMessage(decoder, encoder, doc, socket);
        if (encoding.length(encoder) > 1) send(encoder);
      } else for (const other of sockets) if (other !== socket) other.send(new Uint8Array(message));
    });
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 0);
    sync.writeSyncStep1(encoder, doc);
    send(encoder);
  });
  await once(server, "listening");
  t.after(() => server.close());
  const connect = (room, doc = new Y.Doc(), options = {}) => {
    const url = `ws://127.0.0.1:${server.address().port}`;
    const provider = new WebsocketProvider(url, room, doc, {
      WebSocketPolyfill: WebSocket,
      disableBc: true,
      maxBackoffTime: 50,
      ...options,
    });
    t.after(() => provider.destroy());
    return provider;
  };
  return { server, rooms, connect };
}

const synced = (provider) => eventually(() => provider.synced);

test("two documents become one", limit, async (t) => {
  const { connect, rooms } = await serve(t);
  const [one, other] = [connect("room"), connect("room")];
  await Promise.all([synced(one), synced(other)]);
  one.doc.getText("t").insert(0, "hello ✓");
  await eventually(() => other.doc.getText("t").toString() === "hello ✓");
  for (let index = 0; index < 200; index++) {
    one.doc.getArray("a").push([index]);
    other.doc.getMap("m").set(`k${index}`, index);
  }
  await eventually(() => other.doc.getArray("a").length === 200 && one.doc.getMap("m").size === 200);
  assert.deepEqual(other.doc.toJSON(), one.doc.toJSON());
  assert.deepEqual(
    rooms.get("room").doc.getArray("a").toArray(),
    Array.from({ length: 200 }, (_, index) => index),
  );
});

test("rooms are apart, parameters arrive, and a large document is loaded", limit, async (t) => {
  const { connect, server } = await serve(t);
  const urls = [];
  server.on("connection", (_, request) => urls.push(request.url));
  const writer = connect("big", new Y.Doc(), { params: { token: "a b" } });
  await synced(writer);
  const text = "0123456789".repeat(100_000);
  writer.doc.getText("t").insert(0, text);
  writer.doc.getMap("m").set("bytes", new Uint8Array(70_000).fill(7));
  const reader = connect("big");
  const apart = connect("small");
  await Promise.all([synced(reader), synced(apart)]);
  await eventually(() => reader.doc.getText("t").length === text.length);
  assert.equal(reader.doc.getText("t").toString(), text);
  assert.equal(apart.doc.getText("t").length, 0);
  assert.deepEqual([...urls].sort(), ["/big", "/big?token=a%20b", "/small"]);
});

test("what was written while the connection was cut arrives later", limit, async (t) => {
  const { connect, server } = await serve(t);
  const [one, other] = [connect("room"), connect("room")];
  await Promise.all([synced(one), synced(other)]);
  const statuses = [];
  one.on("status", ({ status }) => statuses.push(status));
  for (const socket of server.clients) socket.terminate();
  await eventually(() => !one.wsconnected);
  one.doc.getText("t").insert(0, "meanwhile");
  await eventually(() => other.doc.getText("t").toString() === "meanwhile");
  assert.equal(statuses[0], "disconnected");
  assert.equal(statuses.at(-1), "connected");
});

test("awareness tells who is there", limit, async (t) => {
  const { connect } = await serve(t);
  const [one, other] = [connect("room"), connect("room")];
  await Promise.all([synced(one), synced(other)]);
  one.awareness.setLocalStateField("user", { name: "Ada" });
  await eventually(() => other.awareness.getStates().get(one.doc.clientID)?.user?.name === "Ada");
  awarenessProtocol.removeAwarenessStates(one.awareness, [one.doc.clientID], "left");
  await eventually(() => !other.awareness.getStates().has(one.doc.clientID));
});
