import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { Aedes } from "aedes";
import mqtt from "mqtt";
import { createWebSocketStream, WebSocketServer } from "ws";
import { eventually, limit, listen } from "./support.mjs";

async function serve(t) {
  const broker = await Aedes.createBroker();
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  server.on("connection", (socket, request) => broker.handle(createWebSocketStream(socket), request));
  const port = await listen(t, http);
  t.after(() => {
    server.close();
    broker.close();
  });
  const connect = async (options = {}) => {
    const client = mqtt.connect(`ws://127.0.0.1:${port}/mqtt`, { reconnectPeriod: 20, ...options });
    t.after(() => client.end(true));
    await once(client, "connect");
    return client;
  };
  return { broker, server, connect };
}

test("publish and subscribe, with a payload of a megabyte", limit, async (t) => {
  const { connect, server } = await serve(t);
  const [one, other] = await Promise.all([connect(), connect()]);
  for (const socket of server.clients) assert.equal(socket.protocol, "mqtt");
  await other.subscribeAsync("room/#", { qos: 1 });
  const got = [];
  other.on("message", (topic, payload) => got.push([topic, payload]));
  const large = Buffer.alloc(1_000_000, "abc");
  await one.publishAsync("room/a", "hellö", { qos: 1 });
  await one.publishAsync("room/b", large, { qos: 1 });
  for (let index = 0; index < 100; index++) one.publish("room/n", String(index));
  await eventually(() => got.length === 102);
  assert.equal(String(got[0][1]), "hellö");
  assert.ok(large.equals(got[1][1]));
  assert.deepEqual(
    got.slice(2).map(([, payload]) => Number(payload)),
    Array.from({ length: 100 }, (_, index) => index),
  );
});

test("a client comes back after its connection was cut, and the broker sends its will", limit, async (t) => {
  const { connect, server, broker } = await serve(t);
  const watcher = await connect();
  await watcher.subscribeAsync("wills");
  const will = once(watcher, "message");
  const mortal = await connect({ clientId: "mortal", will: { topic: "wills", payload: "gone", qos: 0 } });
  assert.equal(broker.connectedClients, 2);
  const again = once(mortal, "connect");
  mortal.stream.destroy();
  const [topic, payload] = await will;
  assert.deepEqual([topic, String(payload)], ["wills", "gone"]);
  await again;
  await eventually(() => server.clients.size === 2);
  await mortal.endAsync();
  await eventually(() => server.clients.size === 1);
});
