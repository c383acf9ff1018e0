/** The response that opened a client's connection, where a program reads it, and the one that rejected it. */
import { plainAgreement } from "@hybi/core";
import { expect, it } from "vitest";
import { whenOpen } from "../../src/client/when-open.ts";
import type { OpeningError } from "../../src/failure/opening-error.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { until } from "../support/clock.ts";
import { World } from "../support/link.ts";

const cookies = [
  ["Set-Cookie", "session=1; HttpOnly"],
  ["Set-Cookie", "theme=dark"],
] as const;

function createWorld(): World {
  return new World({
    handler(opening) {
      const { resourceName } = opening.request;
      if (resourceName === "/moved") opening.reject({ status: 307, fields: [["Location", "/here"], ...cookies] });
      else if (resourceName === "/no") opening.reject({ status: 401, fields: cookies, body: "Who are you?" });
      else if (resourceName === "/stream") opening.acceptStream({ fields: cookies });
      else world.accepted.push(opening.accept(resourceName === "/plain" ? {} : { fields: cookies }));
    },
  });
}
let world: World;

it("a socket has the response from its open event on, and after its end", async () => {
  world = createWorld();
  const socket = new world.WebSocket("ws://example.com/");
  expect(socket.response).toBeUndefined();
  const seen: unknown[] = [];
  socket.onopen = () => seen.push(socket.response);
  await whenOpen(socket);
  const response = { status: 101, reasonPhrase: "Switching Protocols", minorVersion: 1, fields: cookies };
  expect([...seen, socket.response]).toEqual([response, response]);
  expect(world.accepted[0]?.response).toBeUndefined();
  socket.close();
  await until(() => socket.readyState === 3);
  expect(socket.response).toEqual(response);
});

it("a response without fields of its own is the same object for all sockets", async () => {
  world = createWorld();
  const { client: one } = await world.connected();
  const plain = await whenOpen(new world.WebSocket("ws://example.com/plain"));
  const other = await whenOpen(new world.WebSocket("ws://example.com/plain"));
  expect([one.response?.fields.length, plain.response?.fields.length]).toEqual([2, 0]);
  expect(other.response).toBe(plain.response);
});

it("a stream has it in what `opened` resolves with", async () => {
  world = createWorld();
  const stream = new world.WebSocketStream("ws://example.com/stream");
  expect((await stream.opened).response).toMatchObject({ status: 101, fields: cookies });
  stream.close();
});

it("behind a redirect it is that of the last server", async () => {
  world = createWorld();
  const socket = await whenOpen(new world.WebSocket("ws://example.com/moved", { followRedirects: 1 }));
  expect(socket.response).toMatchObject({ status: 101, fields: cookies });
});

it("a rejection is in the failure, with its fields and its body", async () => {
  world = createWorld();
  const socket = new world.WebSocket("ws://example.com/no");
  const error: OpeningError = await whenOpen(socket).then(
    () => expect.unreachable(),
    (thrown) => thrown,
  );
  if (error.failure.kind !== "rejected") throw error;
  const { response, body } = error.failure;
  expect(response.status).toBe(401);
  expect(response.fields.filter(([name]) => name === "Set-Cookie")).toEqual(cookies);
  expect(new TextDecoder().decode(body)).toBe("Who are you?");
  expect(socket.response).toBeUndefined();
});

it("there is none where the opening was no exchange over HTTP", async () => {
  const [near] = createTransportPair();
  const openTransport = () => ({ transport: near, agreement: plainAgreement("client") });
  const socket = await whenOpen(new (createWorld().WebSocket)("ws://example.com/", { openTransport }));
  expect(socket.response).toBeUndefined();
  socket.terminate();
});
