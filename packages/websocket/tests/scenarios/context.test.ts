/** What an application passes along with a transport: to the handler, and to the socket that it accepts. */
import { plainAgreement } from "@hybi/core";
import { expect, it } from "vitest";
import { WebSocket } from "../../src/client/websocket.ts";
import type { WebSocketStream } from "../../src/client/websocket-stream.ts";
import { whenOpen } from "../../src/client/when-open.ts";
import type { AcceptOptions, IncomingOpening } from "../../src/server/incoming-opening.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair } from "../../src/transport/pair.ts";

const user = { name: "somebody" };

/** Opens a connection to a server that is told `context` with its transport. */
async function open<Accepted>(accept: (opening: IncomingOpening) => Accepted, info: object): Promise<Accepted> {
  let accepted: Accepted;
  const server = new WebSocketServer((opening) => {
    accepted = accept(opening);
  });
  const openTransport = () => {
    const [near, far] = createTransportPair();
    server.receive(far, info);
    return near;
  };
  const socket = await whenOpen(new WebSocket("ws://example.com/", { openTransport }));
  socket.terminate();
  // biome-ignore lint/style/noNonNullAssertion: the handler has run.
  return accepted!;
}

const accept =
  (options?: AcceptOptions) =>
  (opening: IncomingOpening): [unknown, WebSocket] => [opening.context, opening.accept(options)];

it("the context of a transport is that of the opening and of the socket", async () => {
  const [seen, socket] = await open(accept(), { context: user });
  expect(seen).toBe(user);
  expect(socket.context).toBe(user);
});

it("accept gives the socket another one, and the application may change it", async () => {
  const [seen, socket] = await open(accept({ context: 5 }), { context: user });
  expect([seen, socket.context]).toEqual([user, 5]);
  socket.context = "changed";
  expect(socket.context).toBe("changed");
});

it("a stream has it as well", async () => {
  const stream: WebSocketStream = await open((opening) => opening.acceptStream(), { context: user });
  expect(stream.context).toBe(user);
});

it("acceptStream gives the stream another one", async () => {
  const stream: WebSocketStream = await open((opening) => opening.acceptStream({ context: 5 }), { context: user });
  expect(stream.context).toBe(5);
});

it("a socket without one has no property for it", async () => {
  const [seen, socket] = await open(accept(), {});
  expect([seen, socket.context, Object.hasOwn(socket, "context")]).toEqual([undefined, undefined, false]);
});

it("adopt takes one for its socket", () => {
  const [, transport] = createTransportPair();
  const server = new WebSocketServer(() => {});
  const socket = server.adopt({ transport, agreement: plainAgreement("server") }, { context: user });
  expect(socket.context).toBe(user);
});

it("onFailure is told with the transport, too", async () => {
  const told: unknown[] = [];
  const server = new WebSocketServer(() => {}, { onFailure: (_failure, info) => told.push(info.context) });
  const [near, far] = createTransportPair();
  server.receive(far, { context: user });
  near.abort();
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  expect(told).toEqual([user]);
});
