/** Connections whose opening handshake was performed by other means: clients with `openTransport`, and `adopt` of servers. */
import { type Agreement, type Extension, plainAgreement, UsageError } from "@hybi/core";
import {
  answerOpeningRequest,
  checkOpeningRequest,
  checkOpeningResponse,
  type OpeningAnswer,
  openUpgrade,
} from "@hybi/core/opening";
import { expect, it } from "vitest";
import type { ConnectTarget } from "../../src/client/socket-options.ts";
import { whenOpen } from "../../src/client/when-open.ts";
import { WebSocket, WebSocketStream } from "../../src/index.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { turn, until } from "../support/clock.ts";
import { story, thrown } from "../support/link.ts";

const text = (bytes: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([0x81, bytes.length, ...new TextEncoder().encode(bytes)]);

/** Somebody else's HTTP: it carries heads between a client and a server that this package does not have. */
function exchange(target: ConnectTarget, answer: OpeningAnswer): { client: Agreement; server: Agreement } {
  const { request, sent } = openUpgrade(target.opening);
  const asked = checkOpeningRequest(request);
  if (asked.type !== "request") throw new Error(asked.violation.message);
  const { head, agreement } = answerOpeningRequest(asked.request, answer);
  const check = checkOpeningResponse(head, sent);
  if (check.type !== "agreement") throw new Error(check.type);
  return { client: check.agreement, server: agreement };
}

function createWorld(answer: OpeningAnswer = {}) {
  const server = new WebSocketServer(() => {
    throw new Error("No request comes to the handler.");
  });
  const accepted: WebSocket[] = [];
  const openTransport = (target: ConnectTarget) => {
    const [near, far] = createTransportPair();
    const { client, server: own } = exchange(target, answer);
    const url = `ws://${target.url.authority}${target.url.resourceName}`;
    accepted.push(server.adopt({ transport: far, agreement: own }, { url }));
    return { transport: near, agreement: client };
  };
  return { server, accepted, openTransport };
}

it("a member of an agreed transport that is none, such as `head`, is an error: its bytes would be lost", () => {
  const server = new WebSocketServer(() => {});
  const [, transport] = createTransportPair();
  const opened = { transport, agreement: plainAgreement("server"), head: new Uint8Array(1) };
  expect(() => server.adopt(opened)).toThrow(
    expect.objectContaining({ code: "option/unknown", message: expect.stringMatching(/what adopt.*rest/) }),
  );
});

it("a client and a server exchange messages over a handshake that others have carried", async () => {
  const { server, accepted, openTransport } = createWorld({ subprotocol: "b" });
  const socket = await whenOpen(new WebSocket("ws://example.com/chat?x", { protocols: ["a", "b"], openTransport }));
  const far = accepted[0] as WebSocket;
  expect([socket.protocol, far.protocol, far.url, far.readyState]).toEqual(["b", "b", "ws://example.com/chat?x", 1]);
  expect([server.connections, server.sockets.size, server.sockets.has(far)]).toEqual([1, 1, true]);
  far.onmessage = ({ data }) => far.send(`${data} too`);
  socket.send("hello");
  for await (const message of socket) {
    expect(message).toBe("hello too");
    socket.close(1000, "done");
  }
  await until(() => far.readyState === 3);
  expect([server.connections, server.sockets.size]).toEqual([0, 0]);
});

it("a stream is opened in the same way", async () => {
  const { accepted, openTransport } = createWorld();
  const stream = new WebSocketStream("ws://example.com/", { openTransport });
  const { readable } = await stream.opened;
  accepted[0]?.send("hello");
  expect(await readable.getReader().read()).toMatchObject({ value: "hello" });
  stream.close();
  await stream.closed;
});

it("the bytes behind a handshake are the first of the connection, on both sides", async () => {
  const server = new WebSocketServer(() => {});
  const [near, far] = createTransportPair();
  const masked = Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69);
  const accepted = server.adopt({ transport: far, agreement: plainAgreement("server"), rest: masked });
  const openTransport = () => ({ transport: near, agreement: plainAgreement("client"), rest: text("welcome") });
  const socket = await whenOpen(new WebSocket("ws://example.com/", { openTransport }));
  for await (const message of socket) {
    expect(message).toBe("welcome");
    break;
  }
  for await (const message of accepted) {
    expect(message).toBe("hi");
    break;
  }
  accepted.terminate();
});

it("the bytes behind a handshake are copied: the application's are left as they are, and its buffer is its own", async () => {
  const server = new WebSocketServer(() => {}, { binaryType: "bytes" });
  const [near, far] = createTransportPair();
  const secret = Uint8Array.of(1, 2, 3, 4, 0x82, 0x81, 9, 9, 9, 9, 5);
  const before = [...secret];
  const accepted = server.adopt({ transport: far, agreement: plainAgreement("server"), rest: secret.subarray(4) });
  const bytes = Uint8Array.of(1, 2, 3, 4, 0x82, 1, 7);
  const openTransport = () => ({ transport: near, agreement: plainAgreement("client"), rest: bytes.subarray(4) });
  const socket = new WebSocket("ws://example.com/", { binaryType: "bytes", openTransport });
  for (const [loop, payload] of [
    [accepted, 5 ^ 9],
    [socket, 7],
  ] as const) {
    for await (const data of loop) {
      if (!(data instanceof Uint8Array)) throw new Error("no bytes");
      expect([...data]).toEqual([payload]);
      expect(data.buffer === secret.buffer || data.buffer === bytes.buffer).toBe(false);
      break;
    }
  }
  expect([...secret]).toEqual(before);
  accepted.terminate();
});

it("an adopted socket is one of the server's: broadcasts reach it, and the server closes it", async () => {
  const { server, accepted, openTransport } = createWorld();
  const socket = await whenOpen(new WebSocket("ws://example.com/", { openTransport }));
  const events = story(socket);
  expect(server.broadcast("to all")).toBe(1);
  await until(() => events.includes("message to all"));
  await server.close();
  expect(events.at(-1)).toBe("close 3 1001 clean");
  expect(accepted[0]?.readyState).toBe(3);
});

it("a server that is closing says 1001 to a connection that it adopts then", async () => {
  const { server, openTransport } = createWorld();
  const first = await whenOpen(new WebSocket("ws://example.com/", { openTransport }));
  first.pause();
  const closing = server.close({ timeout: 60_000 });
  const second = new WebSocket("ws://example.com/", { openTransport });
  const events = story(second);
  await until(() => events.length >= 2);
  expect(events.at(-1)).toBe("close 3 1001 clean");
  first.terminate();
  await closing;
});

it("a transport that was lost before it is adopted leaves the server's list", async () => {
  const server = new WebSocketServer(() => {});
  const [near, far] = createTransportPair();
  near.abort();
  await turn();
  const socket = server.adopt({ transport: far, agreement: plainAgreement("server") });
  const events = story(socket);
  await until(() => socket.readyState === 3);
  expect(events.at(-1)).toMatch(/^close 3 1006 unclean/);
  expect([server.connections, server.sockets.size]).toEqual([0, 0]);
});

it("what adopt is given is checked, and a transport that it does not take is left alone", () => {
  const server = new WebSocketServer(() => {});
  const [, transport] = createTransportPair();
  const agreement = plainAgreement("server");
  const unknown: Agreement = { ...agreement, extensions: [{ name: "x-unknown", parameters: [] }] };
  expect(thrown(() => server.adopt({ transport: {} as never, agreement })).code).toBe("option/type");
  expect(thrown(() => server.adopt({ transport, agreement: undefined as never })).code).toBe("option/type");
  expect(thrown(() => server.adopt(undefined as never)).code).toBe("option/type");
  expect(thrown(() => server.adopt({ transport, agreement: plainAgreement("client") })).code).toBe("option/type");
  expect(thrown(() => server.adopt({ transport, agreement: unknown })).code).toBe("extension/unknown");
  expect(thrown(() => server.adopt({ transport, agreement, rest: "x" as never })).code).toBe("endpoint/chunk-type");
  expect(thrown(() => server.adopt({ transport, agreement }, { urls: "" } as never)).code).toBe("option/unknown");
  expect(server.connections).toBe(0);
  expect(server.adopt({ transport, agreement }).readyState).toBe(1);
});

it("a client checks what openTransport is, and what it returns", async () => {
  expect(() => new WebSocket("ws://example.com/", { openTransport: {} as never })).toThrow(UsageError);
  expect(() => new WebSocket("ws://example.com/", { transport: () => {} } as never)).toThrow("openTransport");
  const [near] = createTransportPair();
  for (const wrong of [undefined, {}, { transport: near, agreement: {} }, { agreement: plainAgreement("client") }]) {
    const error = await whenOpen(new WebSocket("ws://example.com/", { openTransport: () => wrong as never })).catch(
      (thrown) => thrown,
    );
    expect(error.failure).toMatchObject({ kind: "transport", error: { code: "option/type" } });
  }
});

it("extensions are those that adopt is given, or the server's", () => {
  const extension = {
    name: "x-a",
    rsv: 0,
    offers: () => [[]],
    answer: () => [],
    checkAnswer: () => undefined,
    createTransform: () => ({ rsv: 0 }),
  } as unknown as Extension;
  const agreement: Agreement = { ...plainAgreement("server"), extensions: [{ name: "x-a", parameters: [] }] };
  const server = new WebSocketServer(() => {});
  const [, one] = createTransportPair();
  expect(server.adopt({ transport: one, agreement }, { extensions: [extension] }).extensions).toBe("x-a");
  const [, other] = createTransportPair();
  const own = new WebSocketServer(() => {}, { extensions: [extension] });
  expect(own.adopt({ transport: other, agreement }).extensions).toBe("x-a");
});
