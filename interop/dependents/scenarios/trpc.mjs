import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { initTRPC, TRPCError } from "@trpc/server";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { WebSocket, WebSocketServer } from "ws";
import { eventually, limit, Peer } from "./support.mjs";

async function serve(t, options = {}) {
  const state = { subscriptions: 0 };
  const { router, procedure } = initTRPC.context().create();
  const text = (value) => {
    if (typeof value !== "string") throw new Error("not a text");
    return value;
  };
  const app = router({
    greet: procedure.input(text).query(({ input, ctx }) => `hello ${input} on ${ctx.path}`),
    save: procedure.input(text).mutation(({ input }) => ({ saved: input.length })),
    fail: procedure.query(() => {
      throw new TRPCError({ code: "FORBIDDEN", message: "not you" });
    }),
    count: procedure.subscription(async function* ({ signal }) {
      state.subscriptions++;
      try {
        for (let count = 0; !signal.aborted; count++) {
          yield count;
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      } finally {
        state.subscriptions--;
      }
    }),
  });
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  const handler = applyWSSHandler({ wss, router: app, createContext: ({ req }) => ({ path: req.url }), ...options });
  await once(wss, "listening");
  t.after(() => wss.close());
  const url = `ws://127.0.0.1:${wss.address().port}/trpc`;
  const connect = (more = {}) => {
    const client = createWSClient({ url, WebSocket, retryDelayMs: () => 10, ...more });
    t.after(() => client.close());
    return { client, api: createTRPCClient({ links: [wsLink({ client })] }) };
  };
  return { wss, url, connect, handler, state };
}

test("queries, mutations and errors", limit, async (t) => {
  const { connect } = await serve(t);
  const { api } = connect();
  assert.equal(await api.greet.query("wörld"), "hello wörld on /trpc");
  assert.deepEqual(await api.save.mutate("x".repeat(100_000)), { saved: 100_000 });
  await assert.rejects(api.fail.query(), { message: "not you" });
  const all = await Promise.all(Array.from({ length: 100 }, (_, index) => api.greet.query(String(index))));
  assert.deepEqual(
    all,
    Array.from({ length: 100 }, (_, index) => `hello ${index} on /trpc`),
  );
});

test("a subscription yields in order, and ends on both sides when the client leaves it", limit, async (t) => {
  const { connect, state } = await serve(t);
  const { api } = connect();
  const seen = [];
  const subscription = api.count.subscribe(undefined, { onData: (value) => seen.push(value) });
  await eventually(() => seen.length >= 20);
  assert.deepEqual(
    seen.slice(0, 20),
    Array.from({ length: 20 }, (_, index) => index),
  );
  assert.equal(state.subscriptions, 1);
  subscription.unsubscribe();
  await eventually(() => state.subscriptions === 0);
});

test("clients come back when they are asked to, and when they are cut off", limit, async (t) => {
  const { connect, handler, wss } = await serve(t);
  const { api } = connect();
  assert.equal(await api.greet.query("a"), "hello a on /trpc");
  const asked = once(wss, "connection");
  handler.broadcastReconnectNotification();
  await asked;
  assert.equal(await api.greet.query("b"), "hello b on /trpc");
  const cut = once(wss, "connection");
  for (const socket of wss.clients) socket.terminate();
  await cut;
  assert.equal(await api.greet.query("c"), "hello c on /trpc");
});

test("the server's keepalive drops who does not answer", limit, async (t) => {
  const { url, connect } = await serve(t, { keepAlive: { enabled: true, pingMs: 150, pongWaitMs: 300 } });
  const silent = new Peer(t, url);
  await silent.opened;
  assert.equal(await silent.next(), "PING");
  assert.equal((await silent.closed).code, 1006);
  const { api } = connect();
  const seen = [];
  api.count.subscribe(undefined, { onData: (value) => seen.push(value) });
  await eventually(() => seen.length > 50);
  assert.equal(seen[50], 50);
});

test("an independent client speaks JSON-RPC", limit, async (t) => {
  const { url } = await serve(t);
  const peer = new Peer(t, url);
  await peer.opened;
  peer.send(JSON.stringify({ id: 7, method: "query", params: { path: "greet", input: "raw" } }));
  assert.deepEqual(JSON.parse(await peer.next()), { id: 7, result: { type: "data", data: "hello raw on /trpc" } });
  peer.send("[");
  assert.equal(JSON.parse(await peer.next()).error.data.code, "PARSE_ERROR");
});
