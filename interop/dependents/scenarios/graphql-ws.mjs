import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { buildSchema } from "graphql";
import { createClient } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import WebSocket, { WebSocketServer } from "ws";
import { eventually, limit, Peer } from "./support.mjs";

const schema = buildSchema(`
  type Query { hello(name: String!): String! }
  type Mutation { add(a: Int!, b: Int!): Int! }
  type Subscription { count(to: Int!): Int! forever: Int! }
`);

async function serve(t, options = {}, keepAlive) {
  const state = { ended: 0, closes: [] };
  const roots = {
    query: { hello: ({ name }) => `hello ${name}` },
    mutation: { add: ({ a, b }) => a + b },
    subscription: {
      count: async function* ({ to }) {
        for (let count = 1; count <= to; count++) yield { count };
      },
      forever: async function* () {
        try {
          for (let forever = 0; ; forever++) {
            yield { forever };
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        } finally {
          state.ended++;
        }
      },
    },
  };
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/graphql" });
  const disposable = useServer(
    { schema, roots, onClose: (_, code, reason) => state.closes.push([code, reason]), ...options },
    server,
    keepAlive,
  );
  await once(server, "listening");
  t.after(() => server.close());
  const url = `ws://127.0.0.1:${server.address().port}/graphql`;
  const connect = (more = {}) => {
    const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, lazy: true, ...more });
    t.after(() => client.dispose());
    return client;
  };
  return { server, url, connect, state, disposable };
}

const collect = async (iterable) => {
  const values = [];
  for await (const { data } of iterable) values.push(data);
  return values;
};

test("queries, mutations and subscriptions over one connection", limit, async (t) => {
  const { connect, server } = await serve(t);
  const client = connect();
  const [query, mutation, counted] = await Promise.all([
    collect(client.iterate({ query: 'query { hello(name: "wörld") }' })),
    collect(client.iterate({ query: "mutation { add(a: 2, b: 3) }" })),
    collect(client.iterate({ query: "subscription { count(to: 100) }" })),
  ]);
  assert.deepEqual(
    query.map((data) => ({ ...data })),
    [{ hello: "hello wörld" }],
  );
  assert.deepEqual(
    mutation.map((data) => ({ ...data })),
    [{ add: 5 }],
  );
  assert.deepEqual(
    counted.map(({ count }) => count),
    Array.from({ length: 100 }, (_, index) => index + 1),
  );
  assert.ok(server.clients.size <= 1);
});

test("30 subscriptions beside each other, and one that is ended by the client", limit, async (t) => {
  const { connect, state } = await serve(t);
  const client = connect();
  const all = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      collect(client.iterate({ query: `subscription { count(to: ${index + 1}) }` })),
    ),
  );
  assert.deepEqual(
    all.map((values) => values.length),
    Array.from({ length: 30 }, (_, index) => index + 1),
  );
  const seen = [];
  for await (const { data } of client.iterate({ query: "subscription { forever }" })) {
    seen.push(data.forever);
    if (seen.length === 3) break;
  }
  assert.deepEqual(seen, [0, 1, 2]);
  await eventually(() => state.ended === 1);
});

test("a client without the subprotocol is closed with 4406", limit, async (t) => {
  const { url } = await serve(t);
  const peer = new Peer(t, url);
  assert.deepEqual(await peer.closed, { code: 4406, reason: "Subprotocol not acceptable" });
  const right = new Peer(t, url, ["other", "graphql-transport-ws"]);
  await right.opened;
  assert.equal(right.socket.protocol, "graphql-transport-ws");
});

test("whoever breaks the protocol is closed with the codes of its specification", limit, async (t) => {
  const { url } = await serve(t, {
    connectionInitWaitTimeout: 100,
    onConnect: ({ connectionParams }) => connectionParams?.token !== "wrong",
  });
  const open = async () => {
    const peer = new Peer(t, url, "graphql-transport-ws");
    await peer.opened;
    return peer;
  };
  const silent = await open();
  assert.deepEqual(await silent.closed, { code: 4408, reason: "Connection initialisation timeout" });
  const garbled = await open();
  garbled.send("not json");
  assert.equal((await garbled.closed).code, 4400);
  const early = await open();
  early.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: "{ __typename }" } }));
  assert.deepEqual(await early.closed, { code: 4401, reason: "Unauthorized" });
  const forbidden = await open();
  forbidden.send(JSON.stringify({ type: "connection_init", payload: { token: "wrong" } }));
  assert.deepEqual(await forbidden.closed, { code: 4403, reason: "Forbidden" });
  const twice = await open();
  twice.send(JSON.stringify({ type: "connection_init" }));
  assert.equal(JSON.parse(await twice.next()).type, "connection_ack");
  twice.send(JSON.stringify({ type: "ping", payload: { a: 1 } }));
  assert.deepEqual(JSON.parse(await twice.next()), { type: "pong", payload: { a: 1 } });
  twice.send(JSON.stringify({ type: "connection_init" }));
  assert.equal((await twice.closed).code, 4429);
});

test("a client that does not answer Pings is terminated", limit, async (t) => {
  const { url, state } = await serve(t, {}, 250);
  const alive = new Peer(t, url, "graphql-transport-ws");
  const dead = new Peer(t, url, "graphql-transport-ws", { autoPong: false });
  await Promise.all([alive.opened, dead.opened]);
  let pings = 0;
  alive.socket.on("ping", () => pings++);
  assert.equal((await dead.closed).code, 1006);
  await eventually(() => pings >= 3);
  assert.equal(alive.socket.readyState, alive.socket.OPEN);
  assert.deepEqual(
    state.closes.map(([code]) => code),
    [1006],
  );
});

test("a server that is disposed of says goodbye with 1001, and the client knows", limit, async (t) => {
  const { connect, disposable } = await serve(t);
  const closes = [];
  const client = connect({
    lazy: false,
    onNonLazyError: () => {},
    on: { closed: (event) => closes.push([event.code, event.reason, event.wasClean]) },
  });
  await new Promise((resolve) => client.on("connected", resolve));
  await disposable.dispose();
  await eventually(() => closes.length === 1);
  assert.deepEqual(closes, [[1001, "Going away", true]]);
});

test("a client comes back and subscribes anew after its connection was cut", limit, async (t) => {
  const { connect, server } = await serve(t);
  const client = connect({ retryAttempts: 5, retryWait: () => new Promise((resolve) => setTimeout(resolve, 10)) });
  const seen = [];
  let cuts = 0;
  for await (const { data } of client.iterate({ query: "subscription { forever }" })) {
    seen.push(data.forever);
    if (seen.length === 3 && cuts++ === 0) for (const socket of server.clients) socket.terminate();
    if (cuts > 0 && data.forever === 0 && seen.length > 3) break;
  }
  assert.deepEqual(seen.slice(0, 3), [0, 1, 2]);
  assert.equal(seen.at(-1), 0);
});
