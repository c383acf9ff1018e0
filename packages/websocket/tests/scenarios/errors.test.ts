/** Errors thrown by the application's own code: see docs/guide/websocket.md, "Errors of your own code". */

import type { Extension } from "@hybi/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { reconnect } from "../../src/reconnect/reconnect.ts";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { silentSink } from "../support/by-hand.ts";
import { turn, until } from "../support/clock.ts";
import { statusOf } from "../support/failures.ts";
import { clientRequest } from "../support/http.ts";
import { story, World } from "../support/link.ts";
import { canCapture } from "../support/platform.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Ways in which an application listens for messages and fails with `error`. */
const ways: [name: string, listen: (socket: WebSocket, error: unknown) => void][] = [
  [
    "an on… handler that throws",
    (socket, error) => {
      socket.onmessage = () => {
        throw error;
      };
    },
  ],
  [
    "an async on… handler",
    (socket, error) => {
      socket.onmessage = async () => {
        await undefined;
        throw error;
      };
    },
  ],
  [
    "a listener that throws",
    (socket, error) =>
      socket.addEventListener("message", () => {
        throw error;
      }),
  ],
  [
    "an async listener",
    (socket, error) =>
      socket.addEventListener("message", async () => {
        await undefined;
        throw error;
      }),
  ],
  [
    "a handleEvent that throws",
    (socket, error) =>
      socket.addEventListener("message", {
        handleEvent() {
          throw error;
        },
      }),
  ],
  [
    "an async handleEvent",
    (socket, error) =>
      socket.addEventListener("message", {
        async handleEvent() {
          throw error;
        },
      }),
  ],
  [
    "a listener that returns a rejected thenable",
    (socket, error) =>
      socket.addEventListener("message", () => ({
        // biome-ignore lint/suspicious/noThenProperty: the thenable is what is tested.
        then(_: unknown, reject: (error: unknown) => void) {
          reject(error);
        },
      })),
  ],
];

const throwing = (socket: WebSocket, error: unknown): void => {
  socket.onmessage = () => thrower(error);
};

/** Opens a server whose sockets fail in one of these ways on each message, and then echo it. */
async function failing(
  listen: (socket: WebSocket, error: unknown) => void,
  error: unknown,
  onError?: (error: unknown) => unknown,
): Promise<{ world: World; client: WebSocket; lines: string[] }> {
  const world: World = new World({
    // The tests' clock also takes errors, as a last resort.
    server: { runtime: { clock: undefined }, onError },
    handler: (opening) => {
      const socket = opening.accept();
      listen(socket, error);
      socket.addEventListener("message", ({ data }) => socket.send(data as string));
      world.accepted.push(socket);
    },
  });
  const { client } = await world.connected();
  return { world, client, lines: story(client) };
}

describe("an error in a listener of an accepted socket", () => {
  it.each(ways)("%s goes to onError, and does not affect the connection [R03]", async (_, listen) => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    const told: unknown[] = [];
    const error = new Error("mine");
    const { client, lines } = await failing(listen, error, (error) => told.push(error));
    client.send("1");
    client.send("2");
    await until(() => lines.length === 2 && told.length === 2);
    expect(lines).toEqual(["message 1", "message 2"]);
    expect(told).toEqual([error, error]);
    expect(print).not.toHaveBeenCalled();
  });

  it.each(ways)("%s is printed when there is no onError, and ends nothing [R03]", async (_, listen) => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    const error = new Error("mine");
    const { client, lines } = await failing(listen, error);
    client.send("1");
    client.send("2");
    await until(() => lines.length === 2 && print.mock.calls.length === 2);
    expect(lines).toEqual(["message 1", "message 2"]);
    expect(print.mock.calls).toEqual([[error], [error]]);
  });

  it.each([
    ["throws", () => thrower(new Error("second"))],
    ["returns a promise that rejects", () => Promise.reject(new Error("second"))],
  ])("is printed together with the error of an onError that %s [R03]", async (_, onError) => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    const { client, lines } = await failing(throwing, new Error("first"), onError);
    client.send("1");
    await until(() => lines.length === 1 && print.mock.calls.length === 2);
    expect(print.mock.calls.map(([error]) => String(error))).toEqual(["Error: first", "Error: second"]);
  });

  it("is reported for every kind of event and every thrown value [R03]", async () => {
    const told: unknown[] = [];
    const world: World = new World({
      server: { onError: (error) => told.push(error) },
      handler: (opening) => {
        const socket = opening.accept();
        world.accepted.push(socket);
        for (const type of ["ping", "pong", "close"] as const) socket.addEventListener(type, () => thrower(type));
        socket.onclose = () => thrower(undefined);
      },
    });
    const { client } = await world.connected();
    client.ping();
    client.pong();
    await turn();
    client.close();
    await until(() => told.length === 4);
    expect(told).toEqual(["ping", "pong", "close", undefined]);
    await until(() => world.server.connections === 0);
  });

  it("does not stop a server even if the error cannot be printed [R03]", async () => {
    vi.spyOn(console, "error").mockImplementation(() => thrower(new Error("no terminal")));
    const { client, lines } = await failing(throwing, new Error("mine"));
    client.send("1");
    await until(() => lines.length === 1);
  });
});

function thrower(error: unknown): never {
  throw error;
}

describe("guarded listeners", () => {
  it("report errors even when the platform sets no `this` for listeners, such as workerd of 2024 [R03] [R06]", async () => {
    const errors: unknown[] = [];
    const rejected = new Error("asynchronous");
    const { client, server } = await new World({ client: { onError: (error) => errors.push(error) } }).connected();
    const { addEventListener } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (type: string, listener: unknown, options?: never) {
      const strayed = (event: Event) => (listener as (this: unknown, event: Event) => void).call(undefined, event);
      addEventListener.call(this, type, strayed, options);
    };
    try {
      client.addEventListener("message", () => Promise.reject(rejected));
      client.addEventListener("message", { handleEvent: () => Promise.reject(rejected) });
      client.addEventListener("message", function (this: unknown) {
        errors.push(this === client);
      });
    } finally {
      EventTarget.prototype.addEventListener = addEventListener;
    }
    server.send("1");
    await until(() => errors.length === 3);
    expect(errors).toEqual(expect.arrayContaining([true, rejected]));
    expect(client.readyState).toBe(1);
  });

  it.runIf(canCapture)(
    "are registered once when one callback is added twice, and can be removed by it [R03]",
    async () => {
      const { client, server } = await new World().connected();
      const calls: string[] = [];
      const listener = function (this: unknown): void {
        calls.push(this === client ? "listener" : "stranger");
      };
      const object = {
        handleEvent() {
          calls.push(this === object ? "object" : "stranger");
        },
      };
      for (let count = 0; count < 2; count++) {
        client.addEventListener("message", listener);
        client.addEventListener("message", object);
      }
      client.addEventListener("message", listener, { capture: true });
      server.send("1");
      await until(() => calls.length === 3);
      expect(calls.sort()).toEqual(["listener", "listener", "object"]);
      client.removeEventListener("message", listener);
      client.removeEventListener("message", listener, { capture: true });
      server.send("2");
      await until(() => calls.length === 4);
      object.handleEvent = () => calls.push("replaced");
      server.send("3");
      await until(() => calls.length === 5);
      client.removeEventListener("message", object);
      client.removeEventListener("message", () => {});
      server.send("4");
      await turn();
      expect(calls.slice(3)).toEqual(["object", "replaced"]);
    },
  );

  it("may be shared by sockets, and respect `once` and `signal` [R03]", async () => {
    const told: [string, unknown][] = [];
    const worlds = ["a", "b"].map((name) => new World({ server: { onError: (error) => told.push([name, error]) } }));
    const controller = new AbortController();
    let calls = 0;
    const listener = (): never => thrower(++calls);
    for (const world of worlds) {
      const { client, server } = await world.connected();
      server.addEventListener("message", listener, { once: true });
      server.addEventListener("ping", listener, { signal: controller.signal });
      client.send("1");
      client.send("2");
      client.ping();
      await until(() => told.length % 2 === 0 && told.length > 0);
    }
    await until(() => told.length === 4);
    controller.abort();
    expect(told).toEqual([
      ["a", 1],
      ["a", 2],
      ["b", 3],
      ["b", 4],
    ]);
  });

  it("report a handleEvent that is not a function, and leave invalid callbacks to the platform [R03]", async () => {
    const told: unknown[] = [];
    const { client, server } = await new World({ server: { onError: (error) => told.push(error) } }).connected();
    server.addEventListener("message", {} as EventListenerObject);
    server.addEventListener("message", null);
    client.send("1");
    await until(() => told.length === 1);
    expect(told[0]).toBeInstanceOf(TypeError);
    const native = new EventTarget();
    for (const value of [1, "text", true]) {
      const add = (target: EventTarget) => target.addEventListener("message", value as never);
      const isThrown = throws(() => add(native));
      expect(throws(() => add(server))).toBe(isThrown);
    }
  });
});

type EventListenerObject = { handleEvent(): void };

function throws(action: () => void): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}

describe("an error in a server's own functions", () => {
  it.each([
    ["throws", () => thrower(new Error("mine"))],
    ["rejects", () => Promise.reject(new Error("mine"))],
  ])("in a handler that %s goes to onError, or is printed [R03]", async (_, handler) => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    const told: unknown[] = [];
    for (const onError of [undefined, (error: unknown) => told.push(error)]) {
      const world = new World({ server: { runtime: { clock: undefined }, onError }, handler });
      const client = new world.WebSocket("ws://example.com/");
      let status = 0;
      client.onerror = ({ failure }) => (status = statusOf(failure));
      await until(() => client.readyState === 3);
      expect(status).toBe(500);
    }
    expect(told.map(String)).toEqual(["Error: mine"]);
    expect(print.mock.calls.map(String)).toEqual(["Error: mine"]);
  });

  it.each([
    ["throws", () => thrower(new Error("mine")), "Error: mine"],
    ["returns a promise", async () => thrower(new Error("mine")), "TypeError: checkOrigin must return"],
    ["returns a boolean", () => false, "TypeError: checkOrigin must return"],
  ])("in a checkOrigin that %s rejects with 500, and goes to onError [R03]", async (_, checkOrigin, error) => {
    const told: unknown[] = [];
    let asked = 0;
    const world = new World({
      server: { onError: (error) => told.push(error), checkOrigin: checkOrigin as never },
      handler: (opening) => {
        asked++;
        opening.accept();
      },
    });
    const client = new world.WebSocket("ws://example.com/");
    let status = 0;
    client.onerror = ({ failure }) => (status = statusOf(failure));
    await until(() => client.readyState === 3);
    expect([status, asked]).toEqual([500, 0]);
    expect(told.some((one) => String(one).startsWith(error))).toBe(true);
    await until(() => world.server.connections === 0);
  });

  it("in an onFailure that throws or rejects goes to onError [R03]", async () => {
    for (const onFailure of [() => thrower(new Error("mine")), () => Promise.reject(new Error("mine"))]) {
      const told: unknown[] = [];
      const server = new WebSocketServer(() => {}, { onFailure, onError: (error) => told.push(error) });
      const [near, far] = createTransportPair();
      near.start(silentSink);
      server.receive(far);
      near.write([new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")]);
      await until(() => told.length === 1);
      expect(String(told[0])).toBe("Error: mine");
      server.failed({ kind: "transport", error: new Error("TLS") });
      await until(() => told.length === 2);
      server.reportError("not accepted");
      expect(told[2]).toBe("not accepted");
    }
  });

  it("in an extension that throws while a response is parsed ends that connection only [R03]", async () => {
    const told: unknown[] = [];
    const broken = {
      name: "x-broken",
      rsv: 0,
      offers: () => [[]],
      checkAnswer: () => thrower(new Error("mine")),
      answer: () => [],
      createTransform: () => ({ begin: () => false, release: () => {} }),
    } as never;
    const world = new World({ server: { extensions: [broken] } });
    const client = new world.WebSocket("ws://example.com/", {
      extensions: [broken],
      onError: (error) => told.push(error),
    });
    const lines = story(client);
    await until(() => lines.length === 2);
    expect(lines).toEqual(["error 3 mine", "close 3 1006 unclean"]);
    expect(told.map(String)).toEqual(["Error: mine"]);
    await world.connected();
  });
});

describe("an error of a client", () => {
  it("that reconnects goes to its onError, whether a listener or shouldReconnect threw it [R03]", async () => {
    const told: unknown[] = [];
    const world = new World();
    const client = reconnect(() => new world.WebSocket("ws://example.com/"), {
      runtime: { clock: world.clock },
      onError: (error) => told.push(error),
      shouldReconnect: () => thrower("shouldReconnect"),
    });
    const calls: string[] = [];
    const listener = (): never => {
      calls.push("message");
      return thrower("listener");
    };
    client.addEventListener("open", async () => thrower("asynchronous"));
    client.addEventListener("message", listener);
    client.addEventListener("message", listener);
    client.addEventListener("message", { handleEvent: () => thrower("handleEvent") });
    await until(() => client.state === "open" && world.accepted.length === 1);
    world.accepted[0]?.send("1");
    await until(() => told.length === 3);
    client.removeEventListener("message", listener);
    world.accepted[0]?.send("2");
    await until(() => told.length === 4);
    world.near[0]?.lose(new Error("cut"));
    await until(() => client.state === "ended");
    expect(told).toEqual(["asynchronous", "listener", "handleEvent", "handleEvent", "shouldReconnect"]);
    expect(calls).toEqual(["message"]);
    expect(world.clock.reported).toEqual([]);
  });

  it.each(ways)("in %s goes to the onError of its options [R03]", async (_, listen) => {
    const told: unknown[] = [];
    const error = new Error("mine");
    const world = new World();
    const { client, server } = await world.connected({ onError: (error) => told.push(error) });
    listen(client, error);
    const lines = story(client);
    server.send("1");
    server.send("2");
    await until(() => lines.length === 2 && told.length === 2);
    expect(told).toEqual([error, error]);
    expect(world.clock.reported).toEqual([]);
  });
});

describe("an error below a connection", () => {
  /** Its codec throws in the server when `method` is called. */
  const broken = (method: "beginEncode" | "beginDecode" | "encode"): Extension => ({
    name: "x-broken",
    rsv: 0x40,
    offers: () => [[]],
    checkAnswer: () => undefined,
    answer: () => [],
    createTransform: (role) => ({
      beginDecode: () => false,
      decode: () => undefined,
      endDecode: () => undefined,
      beginEncode: () => (role === "server" && method === "encode" ? 0x40 : undefined),
      encode: () => {},
      endEncode: () => {},
      release: () => {},
      ...(role === "server" && { [method]: () => thrower(method) }),
    }),
  });

  it.each(["beginEncode", "encode", "beginDecode"] as const)(
    "in a codec's %s ends that connection, goes to onError, and affects no other connection [R03]",
    async (method) => {
      const told: unknown[] = [];
      const world = new World({ server: { extensions: [broken(method)], onError: (error) => told.push(error) } });
      const other = await world.connected();
      const { client, server } = await world.connected({ extensions: [broken(method)] });
      const lines = story(client);
      if (method === "beginDecode") client.send("message");
      else server.send("message");
      await until(() => told.length > 0 && lines.at(-1)?.startsWith("close") === true);
      expect(told).toEqual([method]);
      const answered = story(other.client);
      other.server.send("still here");
      await until(() => answered.length === 1);
      await until(() => world.server.connections === 1);
    },
  );

  it.each(["write", "abort", "pause"] as const)(
    "in a transport's %s ends that connection, and goes to onError [R03]",
    async (method) => {
      const told: unknown[] = [];
      const sockets: WebSocket[] = [];
      const server = new WebSocketServer((opening) => void sockets.push(opening.accept()), {
        onError: (error) => told.push(error),
      });
      const [near, far] = createTransportPair();
      near.start(silentSink);
      server.receive(far);
      near.write([clientRequest("/")]);
      await until(() => sockets.length === 1);
      await turn();
      const [socket] = sockets as [WebSocket];
      const lines = story(socket);
      far[method] = () => thrower(method);
      if (method === "write") socket.send("1");
      if (method === "abort") socket.terminate();
      if (method === "pause") socket.pause();
      await until(() => lines.at(-1)?.startsWith("close") === true);
      expect(told).toEqual([method]);
      expect(lines.at(-1)).toBe("close 3 1006 unclean");
      await until(() => server.connections === 0);
    },
  );
});

describe("an error in the middle of a turn", () => {
  it("does not affect other listeners or other sockets of the server [R03]", async () => {
    const told: unknown[] = [];
    const sockets: WebSocket[] = [];
    const world: World = new World({
      server: { onError: (error) => told.push(error) },
      handler: (opening: IncomingOpening) => {
        const socket = opening.accept();
        sockets.push(socket);
        world.accepted.push(socket);
        socket.onmessage = () => thrower("handler");
        socket.addEventListener("message", () => thrower("listener"));
        socket.addEventListener("message", () => socket.send("still here"));
      },
    });
    const one = await world.connected();
    const two = await world.connected();
    const lines = [story(one.client), story(two.client)];
    one.client.send("1");
    one.client.send("2");
    two.client.send("3");
    await until(() => lines[0]?.length === 2 && lines[1]?.length === 1);
    expect(told).toEqual(["handler", "listener", "handler", "listener", "handler", "listener"]);
    expect(sockets.map(({ readyState }) => readyState)).toEqual([1, 1]);
  });
});
