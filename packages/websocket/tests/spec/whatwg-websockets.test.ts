/** The WebSocket interface (WHATWG WebSockets §3), in the style of the web platform tests. */

import type { Extension } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import { WebSocket as BaseWebSocket } from "../../src/client/websocket.ts";
import type { CloseEvent, FailureEvent } from "../../src/dom/socket-events.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { turn, until } from "../support/clock.ts";
import { codeOf } from "../support/failures.ts";
import { story, thrown, World } from "../support/link.ts";
import { cancelsCancelableOnly } from "../support/platform.ts";

/** A class whose transports never open. */
const Stuck = createWebSocketClass(() => new Promise<never>(() => {}), { concurrentOpenings: true });

function closeLater(socket: BaseWebSocket): BaseWebSocket {
  socket.close();
  return socket;
}

/** Where a page or its worker is, in browsers. */
const { location: page } = globalThis as { location?: { readonly origin: string } };

describe("the constructor", () => {
  const good: [input: string, base: string | undefined, url: string][] = [
    ["ws://example.com", undefined, "ws://example.com/"],
    ["wss://example.com/a?b=c", undefined, "wss://example.com/a?b=c"],
    ["http://example.com/a", undefined, "ws://example.com/a"],
    ["https://example.com/a", undefined, "wss://example.com/a"],
    ["HTTP://EXAMPLE.com:80/", undefined, "ws://example.com/"],
    ["ws://example.com:443/", undefined, "ws://example.com:443/"],
    ["wss://example.com:443/", undefined, "wss://example.com/"],
    ["/echo", "https://example.com/page#top", "wss://example.com/echo"],
    ["chat?x", "http://example.com/a/b", "ws://example.com/a/chat?x"],
    ["", "http://example.com/a", "ws://example.com/a"],
    ["//other.example/x", "https://example.com", "wss://other.example/x"],
    ["ws://[::1]:8080/ä b", undefined, "ws://[::1]:8080/%C3%A4%20b"],
    ["wss://Bücher.example/ö?ü", undefined, "wss://xn--bcher-kva.example/%C3%B6?%C3%BC"],
  ];

  it.each(good)("resolves %j relative to %j to %s [W01]", (input, base, url) => {
    expect(closeLater(new Stuck(input, { base })).url).toBe(url);
  });

  it.each([
    ["ftp://example.com/", undefined],
    ["mailto:someone@example.com", undefined],
    ["about:blank", undefined],
    ["ws://", undefined],
    ["ws://[::1/", undefined],
    ["ws://example.com/#", undefined],
    ["ws://example.com/#fragment", undefined],
    ["ws://example.com/?#", undefined],
    ["#", "https://example.com/"],
    ["page", "file:///home/"],
  ])("throws a SyntaxError for %j relative to %j [W01]", (input, base) => {
    const error = thrown(() => new Stuck(input, { base }));
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: "SyntaxError", code: 12 });
  });

  it("accepts a URL object, and throws a TypeError without a URL [W01]", () => {
    expect(closeLater(new Stuck(new URL("https://example.com/x"))).url).toBe("wss://example.com/x");
    expect(() => Reflect.construct(Stuck, [])).toThrow(TypeError);
  });

  it.skipIf(page)("throws a SyntaxError for a relative URL where there is no page [W01]", () => {
    expect(thrown(() => new Stuck("/relative"))).toMatchObject({ name: "SyntaxError", code: 12 });
  });

  it.skipIf(page)("uses the base URL of the page when there is one [W01]", () => {
    const scope = globalThis as { location?: unknown };
    const before = Object.getOwnPropertyDescriptor(scope, "location");
    Object.defineProperty(scope, "location", { value: { href: "https://example.com/page" }, configurable: true });
    try {
      expect(closeLater(new Stuck("/echo")).url).toBe("wss://example.com/echo");
    } finally {
      if (before === undefined) delete scope.location;
      else Object.defineProperty(scope, "location", before);
    }
  });

  it.runIf(page)("uses the base URL of this page [W01]", () => {
    expect(closeLater(new Stuck("/echo")).url).toBe(`${page?.origin.replace("http", "ws")}/echo`);
  });

  it.each([
    [["chat", "chat"]],
    [[""]],
    [["a b"]],
    [["a,b"]],
    [["chat", "\u0000"]],
    [["ä"]],
    [["/echo"]],
    ["a\tb"],
    ["null, null"],
  ])("throws a SyntaxError for the subprotocols %j [W02]", (protocols) => {
    const error = thrown(() => new Stuck("ws://example.com/", protocols));
    expect(error).toBeInstanceOf(DOMException);
    expect(error.name).toBe("SyntaxError");
  });

  it.each([["chat"], [["chat", "Chat"]], [[]], [null], [new Set(["a", "b"])], [["!#$%&'*+-.^_`|~"]], [7]])(
    "accepts the subprotocols %j [W02]",
    (protocols) => {
      expect(closeLater(new Stuck("ws://example.com/", protocols as string)).readyState).toBe(2);
    },
  );

  it("rethrows core's errors about options that cannot be sent", () => {
    expect(thrown(() => new Stuck("ws://example.com/", { fields: [["Host", "x"]] })).code).toBe(
      "opening/field-reserved",
    );
  });

  it("fails when no transport can be opened", async () => {
    const socket = new BaseWebSocket("ws://example.com/");
    const events = story(socket);
    await until(() => events.length === 2);
    expect(events[0]).toMatch(/^error 3 Pass options.openTransport/);
    expect(events[1]).toBe("close 3 1006 unclean");
  });
});

describe("the interface", () => {
  it("has its constants on the class and its instances, and they cannot be changed", () => {
    const socket = closeLater(new Stuck("ws://example.com/"));
    for (const holder of [Stuck, BaseWebSocket, socket]) {
      expect([holder.CONNECTING, holder.OPEN, holder.CLOSING, holder.CLOSED]).toEqual([0, 1, 2, 3]);
      expect(Reflect.set(holder, "OPEN", 5)).toBe(false);
    }
    expect(Object.keys(BaseWebSocket)).toEqual(["CONNECTING", "OPEN", "CLOSING", "CLOSED"]);
    expect(Stuck.name).toBe("WebSocket");
  });

  it("accepts every WebSocket of this package as an instance, including accepted ones", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    expect(client).toBeInstanceOf(world.WebSocket);
    expect(server).toBeInstanceOf(world.WebSocket);
    expect(server).toBeInstanceOf(Stuck);
    expect({}).not.toBeInstanceOf(Stuck);
    expect(client).toBeInstanceOf(EventTarget);
    expect(server.url).toBe("ws://example.com/");
  });

  it("has binaryType blob initially, and ignores other values than blob and arraybuffer [W04]", () => {
    const socket = closeLater(new Stuck("ws://example.com/"));
    expect(socket.binaryType).toBe("blob");
    socket.binaryType = "arraybuffer";
    for (const value of ["Blob", "", "nodebuffer", undefined, null, 1]) {
      socket.binaryType = value as "blob";
      expect(socket.binaryType).toBe("arraybuffer");
    }
    socket.binaryType = "blob";
    expect(socket.binaryType).toBe("blob");
  });

  it("dispatches no message event again while a handler is called with it", async () => {
    const { client, server } = await new World().connected();
    const names: string[] = [];
    client.onmessage = (event) => {
      names.push(thrown(() => client.dispatchEvent(event)).name, thrown(() => server.dispatchEvent(event)).name);
      queueMicrotask(() => {
        client.onmessage = null;
        names.push(String(client.dispatchEvent(event)));
      });
    };
    server.send("hello");
    await until(() => names.length === 3);
    expect(names).toEqual(["InvalidStateError", "InvalidStateError", "true"]);
  });

  it("has event handlers that keep their place when replaced, lose it when removed, and ignore non-objects", async () => {
    const { client, server } = await new World().connected();
    const calls: string[] = [];
    client.onmessage = () => calls.push("first");
    client.addEventListener("message", () => calls.push("listener"));
    client.onmessage = function (this: unknown, event) {
      calls.push(`replaced ${this === client} ${event.data}`);
    };
    server.send("1");
    await until(() => calls.length === 2);
    client.onmessage = null;
    server.send("2");
    await until(() => calls.length === 3);
    client.onmessage = () => calls.push("last");
    server.send("3");
    await until(() => calls.length === 5);
    expect(calls).toEqual(["replaced true 1", "listener", "listener", "listener", "last"]);
    client.onclose = "no function" as unknown as null;
    expect(client.onclose).toBeNull();
    for (const name of ["onopen", "onerror", "onclose", "onmessage"] as const) {
      const handler = () => {};
      client[name] = handler;
      expect(client[name]).toBe(handler);
      client[name] = null;
      client[name] = null;
      expect(client[name]).toBeNull();
    }
  });

  it.each([[{}], [[]], [new Date(0)], [{ handleEvent: () => {} }]])(
    "keeps %j as a handler, which occupies a place and is never called [R28]",
    async (object) => {
      const told: unknown[] = [];
      const { client, server } = await new World().connected({ onError: (error) => told.push(error) });
      const calls: string[] = [];
      if ("handleEvent" in object) object.handleEvent = () => calls.push("handleEvent");
      client.onmessage = object as never;
      expect(client.onmessage).toBe(object);
      client.addEventListener("message", () => calls.push("listener"));
      server.send("1");
      await until(() => calls.length === 1);
      client.onmessage = () => calls.push("handler");
      server.send("2");
      await until(() => calls.length === 3);
      client.onmessage = object as never;
      server.send("3");
      await until(() => calls.length === 4);
      expect(calls).toEqual(["listener", "handler", "listener", "listener"]);
      expect(told).toEqual([]);
    },
  );

  it.each([[1], [0], [""], ["function"], [true], [undefined], [null], [Symbol("handler")], [1n]])(
    "treats the handler %s as null [R28]",
    (value) => {
      const socket = closeLater(new Stuck("ws://example.com/"));
      for (const name of ["onopen", "onmessage", "onerror", "onclose"] as const) {
        socket[name] = () => {};
        socket[name] = value as never;
        expect(socket[name]).toBeNull();
      }
    },
  );

  it.runIf(cancelsCancelableOnly)(
    "treats `false` returned by a handler as a cancellation, only for cancelable events [R28]",
    () => {
      const socket = closeLater(new Stuck("ws://example.com/"));
      const dispatch = (value: unknown, cancelable: boolean): boolean => {
        socket.onopen = () => value;
        return socket.dispatchEvent(new Event("open", { cancelable }));
      };
      expect([dispatch(false, true), dispatch(false, false)]).toEqual([false, true]);
      for (const value of [undefined, null, 0, "", true, {}]) expect(dispatch(value, true)).toBe(true);
    },
  );

  it("looks up the handler when the event fires: one that replaces it during that event is called [R28]", () => {
    const socket = closeLater(new Stuck("ws://example.com/"));
    const calls: string[] = [];
    socket.addEventListener("open", () => {
      socket.onopen = () => calls.push("second");
    });
    socket.onopen = () => calls.push("first");
    socket.dispatchEvent(new Event("open"));
    socket.onopen = null;
    socket.dispatchEvent(new Event("open"));
    expect(calls).toEqual(["second"]);
  });

  it("fires an open event after the handshake, and message events with data and origin", async () => {
    const world = new World();
    const client = new world.WebSocket("ws://example.com:8080/x");
    const events: Event[] = [];
    for (const type of ["open", "message"] as const) client.addEventListener(type, (event) => events.push(event));
    await until(() => events.length === 1);
    world.accepted[0]?.send("hello");
    await until(() => events.length === 2);
    expect(events[1]).toBeInstanceOf(MessageEvent);
    expect(events[1]).toMatchObject({
      type: "message",
      data: "hello",
      origin: "ws://example.com:8080",
      target: client,
    });
  });
});

describe("extensions and protocol", () => {
  const named: Extension = {
    name: "x-test",
    rsv: 0,
    offers: () => [[["level", "3"]]],
    checkAnswer: () => undefined,
    answer: () => [
      ["level", "3"],
      ["fast", undefined],
    ],
    createTransform: () => ({ begin: () => false, release: () => {} }) as never,
  };

  it("are empty before the socket is open, and when nothing was negotiated [W11]", async () => {
    const world = new World();
    const client = new world.WebSocket("ws://example.com/");
    expect([client.extensions, client.protocol]).toEqual(["", ""]);
    await until(() => client.readyState === 1);
    expect([client.extensions, client.protocol]).toEqual(["", ""]);
  });

  it("are those of the response [W11]", async () => {
    const world: World = new World({
      server: { extensions: [named] },
      handler: (opening): unknown =>
        world.accepted.push(opening.accept({ subprotocol: opening.request.subprotocols[1] })),
    });
    const { client, server } = await world.connected({ extensions: [named], protocols: ["a", "b"] });
    expect([client.extensions, client.protocol]).toEqual(["x-test; level=3; fast", "b"]);
    expect([server.extensions, server.protocol]).toEqual(["x-test; level=3; fast", "b"]);
    expect(client.agreement?.subprotocol).toBe("b");
  });

  it("fails when subprotocols were offered and none was chosen [W10]", async () => {
    const world = new World();
    const client = new world.WebSocket("ws://example.com/", ["chat"]);
    const events = story(client);
    await until(() => events.length === 2);
    expect(events[0]).toMatch(/^error 3 .*subprotocol/i);
    expect(events[1]).toBe("close 3 1006 unclean");
  });
});

describe("close()", () => {
  it.each([
    0,
    1,
    500,
    999,
    1001,
    1005,
    1006,
    1015,
    2999,
    5000,
    65_535,
    -1,
    70_000,
    Number.NaN,
    "text",
    Number.POSITIVE_INFINITY,
  ])("throws an InvalidAccessError for the code %s [W03]", (code) => {
    const socket = new Stuck("ws://example.com/");
    expect(thrown(() => socket.close(code as number))).toMatchObject({ name: "InvalidAccessError", code: 15 });
    expect(socket.readyState).toBe(0);
    socket.close();
  });

  it.each([[1000], [3000], [4999], [undefined], [1000.4], [999.5], [4999.5 - 0.1], ["3001"]])(
    "accepts the code %s [W03]",
    (code) => {
      const socket = new Stuck("ws://example.com/");
      socket.close(code as number);
      expect(socket.readyState).toBe(2);
    },
  );

  it("rounds a code that is half way between integers to the even one", () => {
    const socket = new Stuck("ws://example.com/");
    expect(thrown(() => socket.close(4999.5)).name).toBe("InvalidAccessError");
    socket.close(3000.5);
  });

  it("throws a SyntaxError for a reason above 123 bytes of UTF-8 [W03]", async () => {
    const { client } = await new World().connected();
    expect(thrown(() => client.close(1000, "x".repeat(124)))).toMatchObject({ name: "SyntaxError", code: 12 });
    expect(thrown(() => client.close(1000, "ä".repeat(62))).name).toBe("SyntaxError");
    expect(thrown(() => client.close(1000, "\ud83d\ude00".repeat(31))).name).toBe("SyntaxError");
    expect(client.readyState).toBe(1);
    client.close(1000, "ä".repeat(61));
    expect(client.readyState).toBe(2);
    client.close(1000, "again");
  });

  it("sends its arguments; a reason without a code is sent with 1000; a lone surrogate becomes U+FFFD", async () => {
    const closes: unknown[] = [];
    for (const [code, reason] of [
      [undefined, undefined],
      [3000, undefined],
      [4999, "why"],
      [undefined, "only"],
      [1000, "\ud800"],
    ] as const) {
      const { client, server } = await new World().connected();
      server.addEventListener("close", (event) => closes.push([event.code, event.reason, event.wasClean]));
      client.close(code, reason);
    }
    await until(() => closes.length === 5);
    expect(closes).toEqual([
      [1005, "", true],
      [3000, "", true],
      [4999, "why", true],
      [1000, "only", true],
      [1000, "\ufffd", true],
    ]);
  });

  it("fails the connection while connecting: no Close frame, an error event, and a close event with 1006 [W14]", async () => {
    const world = new World();
    const client = new world.WebSocket("ws://example.com/");
    const events = story(client);
    client.close(3000, "too early");
    expect(client.readyState).toBe(2);
    expect(events).toEqual([]);
    await until(() => events.length === 2);
    expect(events).toEqual(["error 3 The connection was given up.", "close 3 1006 unclean"]);
    await turn();
    expect(world.accepted).toEqual([]);
  });

  it("fails the connection during the handshake too [W14]", async () => {
    const world = new World({ handler: () => new Promise(() => {}) });
    const client = new world.WebSocket("ws://example.com/");
    const events = story(client);
    await until(() => world.server.connections === 1 && world.near.length === 1);
    await turn();
    client.close();
    await until(() => events.length === 2);
    expect(events).toEqual(["error 3 The connection was given up.", "close 3 1006 unclean"]);
    await until(() => world.server.connections === 0);
  });

  it("is clean once both Close frames have been exchanged and the transport has ended [W09]", async () => {
    const { client, server } = await new World().connected();
    const [near, far] = [story(client), story(server)];
    client.send("last");
    client.close(4000, "done");
    server.send("crossing");
    await until(() => near.length + far.length === 3);
    await turn();
    expect(near).toEqual(["close 3 4000 clean"]);
    expect(far).toEqual(["message last", "close 3 4000 done clean"]);
    client.close();
    server.close(3000);
    client.terminate();
    await turn();
    expect(near).toHaveLength(1);
  });

  it("is not clean when the transport ends without a Close frame, or before the peer replied to ours [W09]", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    const [near, far] = [story(client), story(server)];
    client.close(4000);
    world.near[0]?.lose(new Error("cable cut"));
    await until(() => near.length > 0 && far.length > 1);
    expect(near.at(-1)).toBe("close 3 1006 unclean");
    expect(far).toEqual(["error 3 cable cut", "close 3 1006 unclean"]);
  });
});

describe("a failure", () => {
  it("fires error and then close with 1006, with readyState already CLOSED [W08]", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    const events = story(client);
    const errors: FailureEvent[] = [];
    client.onerror = (event) => errors.push(event);
    const closes: CloseEvent[] = [];
    client.onclose = (event) => closes.push(event);
    // A frame with RSV1, which no extension was negotiated for.
    world.far[0]?.write([Uint8Array.of(0xc1, 0x00)]);
    await until(() => events.length === 2);
    expect(codeOf(errors[0]?.failure)).toBe("frame/rsv-unowned");
    expect(closes[0]).toMatchObject({ type: "close", code: 1006, wasClean: false, target: client });
    expect(events[0]).toMatch(/^error 3 .*RFC 6455/);
    expect(server.readyState).toBe(3);
  });

  it("of the opening handshake exposes the status, fields and body of the response [W08]", async () => {
    const world = new World({
      handler: (opening) =>
        opening.reject({ status: 401, fields: [["WWW-Authenticate", "Basic"]], body: "who are you?" }),
    });
    const client = new world.WebSocket("ws://example.com/");
    const errors: FailureEvent[] = [];
    client.onerror = (event) => errors.push(event);
    const events = story(client);
    await until(() => events.length === 2);
    const failure = errors[0]?.failure;
    if (failure?.kind !== "rejected") throw new Error(failure?.kind);
    expect(failure.response.status).toBe(401);
    expect(failure.response.fields).toContainEqual(["WWW-Authenticate", "Basic"]);
    expect(new TextDecoder().decode(failure.body)).toBe("who are you?");
    expect(events).toEqual(["error 3 The server answered 401 Unauthorized.", "close 3 1006 unclean"]);
  });

  it("is the result of a redirect [W12]", async () => {
    const world = new World({
      handler: (opening) => opening.reject({ status: 302, fields: [["Location", "ws://example.com/other"]] }),
    });
    const client = new world.WebSocket("ws://example.com/");
    const events = story(client);
    await until(() => events.length === 2);
    expect(events[0]).toBe("error 3 The server answered 302 Found.");
    expect(world.near).toHaveLength(1);
  });

  it("because of an invalid response closes at once", async () => {
    const [near, far] = createTransportPair();
    const Odd = createWebSocketClass(() => near);
    far.start({
      data: () => far.write([new TextEncoder().encode("HTTP/1.1 101 X\r\n\r\n")]),
      drain() {},
      end() {},
      error() {},
      close() {},
    });
    const client = new Odd("ws://example.com/");
    const events = story(client);
    await until(() => events.length === 2);
    expect(events[1]).toBe("close 3 1006 unclean");
  });
});

describe("send()", () => {
  it("throws an InvalidStateError while connecting [W06]", () => {
    const socket = new Stuck("ws://example.com/");
    expect(thrown(() => socket.send("early"))).toMatchObject({ name: "InvalidStateError", code: 11 });
    expect(thrown(() => socket.ping()).name).toBe("InvalidStateError");
    expect(thrown(() => socket.pong()).name).toBe("InvalidStateError");
    socket.close();
  });

  it("throws a TypeError without arguments, and sends other values as strings", async () => {
    const { client, server } = await new World().connected();
    expect(() => Reflect.apply(client.send, client, [])).toThrow(TypeError);
    expect(() => client.send(Symbol("x") as never)).toThrow(TypeError);
    const events = story(server);
    for (const value of [undefined, null, 1, true, {}, [1, 2], ""]) client.send(value as never);
    await until(() => events.length === 7);
    expect(events.map((line) => line.slice(8))).toEqual([
      "undefined",
      "null",
      "1",
      "true",
      "[object Object]",
      "1,2",
      "",
    ]);
  });

  it("sends text as a USVString: lone surrogates become U+FFFD [W13]", async () => {
    const { client, server } = await new World().connected();
    const events = story(server);
    for (const text of ["\ud800", "a\udc00b", "\ud83d\ude00", "\udc00\ud800", "Ä€😀", "\0"]) client.send(text);
    await until(() => events.length === 6);
    expect(events.map((line) => line.slice(8))).toEqual(["\ufffd", "a\ufffdb", "😀", "\ufffd\ufffd", "Ä€😀", "\0"]);
  });

  it("sends exactly the bytes of a view, buffer or Blob as they are when it is called [W13]", async () => {
    const { client, server } = await new World().connected();
    const received: number[][] = [];
    server.binaryType = "arraybuffer";
    server.onmessage = ({ data }) => received.push([...new Uint8Array(data as ArrayBuffer)]);
    const { buffer } = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);
    const shared = new SharedArrayBuffer(2);
    new Uint8Array(shared).set([8, 9]);
    const changing = Uint8Array.of(1, 1);
    const long = new Uint8Array(100_000).fill(7);
    client.send(new Uint8Array(buffer, 2, 3));
    client.send(new DataView(buffer, 6));
    client.send(new Uint16Array(buffer, 4, 1));
    client.send(buffer);
    client.send(new Blob(["ab", Uint8Array.of(255)]));
    client.send(shared);
    client.send(new Uint8Array(shared, 1));
    client.send(changing);
    client.send(long);
    client.send(new ArrayBuffer(0));
    changing.fill(0);
    long.fill(0);
    await until(() => received.length === 10);
    expect(received[8]).toHaveLength(100_000);
    expect(received.splice(8, 1)[0]?.every((byte) => byte === 7)).toBe(true);
    expect(received).toEqual([
      [2, 3, 4],
      [6, 7],
      [4, 5],
      [0, 1, 2, 3, 4, 5, 6, 7],
      [97, 98, 255],
      [8, 9],
      [9],
      [1, 1],
      [],
    ]);
  });

  it("keeps the order of messages and close() while a Blob is being read [W13]", async () => {
    const { client, server } = await new World().connected();
    const events = story(server);
    server.binaryType = "arraybuffer";
    client.send("before");
    client.send(new Blob(["12345"]));
    client.send("between");
    client.send(Uint8Array.of(1, 2));
    client.send(new Blob([]));
    client.send("after");
    expect(client.bufferedAmount).toBe(6 + 5 + 7 + 2 + 0 + 5);
    client.close(1000);
    await until(() => events.length === 7);
    expect(events).toEqual([
      ...[
        "message before",
        "message 5 bytes",
        "message between",
        "message 2 bytes",
        "message 0 bytes",
        "message after",
      ],
      "close 3 1000 clean",
    ]);
    expect(client.bufferedAmount).toBe(0);
  });

  it("delivers a binary message as a Blob, or in an ArrayBuffer of its own", async () => {
    const { client, server } = await new World().connected();
    const received: unknown[] = [];
    client.onmessage = ({ data }) => received.push(data);
    server.send(Uint8Array.of(1, 2, 3, 4));
    await until(() => received.length === 1);
    client.binaryType = "arraybuffer";
    server.send(Uint8Array.of(1, 2, 3, 4));
    server.send(new Uint8Array(70_000));
    await until(() => received.length === 3);
    expect(received[0]).toBeInstanceOf(Blob);
    expect([...new Uint8Array(await (received[0] as Blob).arrayBuffer())]).toEqual([1, 2, 3, 4]);
    expect(new Float32Array(received[1] as ArrayBuffer)).toHaveLength(1);
    expect((received[2] as ArrayBuffer).byteLength).toBe(70_000);
  });

  it("fires no message event once the receiver is closing [W07]", async () => {
    const { client, server } = await new World().connected();
    const events = story(client);
    server.send("one");
    server.send("two");
    client.onmessage = () => client.close();
    await until(() => events.length === 2);
    await turn();
    expect(events).toEqual(["message one", "close 3 1005 clean"]);
  });
});

describe("bufferedAmount", () => {
  it("counts bytes of payload, and falls to 0 when they have been sent [W05]", async () => {
    const { client, server } = await new World().connected();
    const events = story(server);
    expect(client.bufferedAmount).toBe(0);
    client.send("ä€😀");
    expect(client.bufferedAmount).toBe(9);
    client.send(new Uint8Array(1000));
    expect(client.bufferedAmount).toBe(1009);
    client.send("x".repeat(5000));
    client.send("");
    expect(client.bufferedAmount).toBe(6009);
    client.send(new Uint8Array(100_000));
    expect(client.bufferedAmount).toBe(106_009);
    client.send("ä".repeat(60_000));
    client.send("€".repeat(60_000));
    client.send("ä".repeat(100_000));
    expect(client.bufferedAmount).toBe(606_009);
    await until(() => events.length === 8);
    await turn();
    expect(client.bufferedAmount).toBe(0);
  });

  it("grows when something is sent after close(), and stays after the close event [W05]", async () => {
    const { client } = await new World().connected();
    const events = story(client);
    client.close();
    client.send("1234");
    client.send(new Uint8Array(10));
    client.send(new Blob(["123456"]));
    client.sendPrepared({ kind: "text", payload: new Uint8Array(3), frame: new Uint8Array(5) });
    expect(client.bufferedAmount).toBe(23);
    await until(() => events.length === 1);
    expect(client.bufferedAmount).toBe(23);
    client.send("1");
    expect(client.bufferedAmount).toBe(24);
  });

  it("keeps the bytes that could not be sent before the transport was lost [W05]", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    server.pause();
    await turn();
    const events = story(client);
    client.send(new Uint8Array(1_000_000));
    await turn();
    expect(client.bufferedAmount).toBeGreaterThan(800_000);
    world.near[0]?.lose(new Error("cable cut"));
    await until(() => events.length === 2);
    expect(client.bufferedAmount).toBeGreaterThan(800_000);
  });
});
