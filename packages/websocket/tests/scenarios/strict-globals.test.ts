/**
 * Platform functions that are stored and called later, on platforms where they throw "Illegal invocation" unless called with
 * the right `this` (Web IDL §3.7.7), such as Chromium and Workers.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientSocketOptions } from "../../src/client/socket-options.ts";
import type { ServerOptions } from "../../src/server/server.ts";
import type { PairOptions } from "../../src/transport/pair.ts";

type Hybi = typeof import("../../src/index.ts");

const names = ["setTimeout", "clearTimeout", "queueMicrotask", "setImmediate", "reportError"];

/** Returns `given`, which throws unless it is called without `this`, or as a method of `owner`. */
// biome-ignore lint/suspicious/noExplicitAny: any function of the platform.
function strict(given: (...args: any[]) => unknown, owner: object, isOperation = false) {
  return function (this: unknown, ...args: unknown[]): unknown {
    if (this !== owner && (isOperation || this !== undefined)) throw new TypeError("Illegal invocation");
    return given.apply(owner, args);
  };
}

let hybi: Hybi;
const reported: unknown[] = [];

beforeEach(async () => {
  reported.length = 0;
  const { performance, crypto } = globalThis;
  for (const name of names) {
    const given = Reflect.get(globalThis, name) as (...args: unknown[]) => unknown;
    vi.stubGlobal(name, strict(name === "reportError" ? (error) => reported.push(error) : given, globalThis));
  }
  const strictPerformance = { now: () => 0 };
  strictPerformance.now = strict(() => performance.now(), strictPerformance, true) as () => number;
  vi.stubGlobal("performance", strictPerformance);
  const strictCrypto = { getRandomValues: crypto.getRandomValues };
  strictCrypto.getRandomValues = strict((target) => crypto.getRandomValues(target), strictCrypto, true) as never;
  vi.stubGlobal("crypto", strictCrypto);
  vi.resetModules();
  hybi = await import("../../src/index.ts");
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

interface Options {
  readonly pair?: PairOptions;
  readonly server?: ServerOptions;
  readonly client?: ClientSocketOptions;
}

/** Exchanges an echo, a Ping and a close; returns what the client received. */
async function talk(options: Options): Promise<unknown[]> {
  const [near, far] = hybi.createTransportPair(options.pair);
  const server = new hybi.WebSocketServer((opening) => {
    const socket = opening.accept();
    socket.onmessage = ({ data }) => socket.send(data);
  }, options.server);
  server.receive(far);
  const OurWebSocket = hybi.createWebSocketClass(() => near, options.client);
  const socket = new OurWebSocket("ws://example.com/");
  const told: unknown[] = [];
  socket.onopen = () => socket.send("hello");
  socket.addEventListener("pong", () => socket.close(4000));
  socket.onmessage = ({ data }) => {
    told.push(data);
    socket.ping();
  };
  return new Promise((resolve) => {
    socket.onclose = ({ code, wasClean }) => resolve([...told, code, wasClean]);
  });
}

/** A clock made of the platform's own functions. */
function platformClock() {
  return {
    now: performance.now,
    setTimeout,
    clearTimeout: clearTimeout as (timer: unknown) => void,
    defer: queueMicrotask,
    nextTurn: queueMicrotask,
    reportError,
  };
}

describe.runIf("performance" in globalThis)("where platform functions throw when called with a wrong `this`", () => {
  it("createTransportPair() works by default, and with queueMicrotask or setTimeout as its scheduler [R09]", async () => {
    expect(await talk({})).toEqual(["hello", 4000, true]);
    for (const schedule of [queueMicrotask, setTimeout])
      expect(await talk({ pair: { schedule, chunkSize: 7 } })).toEqual(["hello", 4000, true]);
  });

  it("client and server accept a clock made of the platform's functions [R09]", async () => {
    const clock = platformClock();
    expect(await talk({ client: { runtime: { clock } }, server: { runtime: { clock } } })).toEqual([
      "hello",
      4000,
      true,
    ]);
    const deadlines = { opening: 10, ping: 10 };
    expect(
      await talk({ client: { runtime: { clock }, deadlines }, server: { runtime: { clock }, deadlines } }),
    ).toEqual(["hello", 4000, true]);
  });

  it("a client accepts crypto.getRandomValues as its random [R09]", async () => {
    const random = crypto.getRandomValues as never;
    expect(await talk({ client: { runtime: { random } } })).toEqual(["hello", 4000, true]);
  });

  it("a server accepts reportError as its onError and onFailure [R09]", async () => {
    const onError = reportError;
    const server = new hybi.WebSocketServer(
      () => {
        throw new Error("of the handler");
      },
      { onError, onFailure: onError },
    );
    for (const request of [
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      "nonsense\r\n\r\n",
    ]) {
      const [near, far] = hybi.createTransportPair();
      server.receive(far);
      const closed = new Promise<void>((resolve) => {
        near.start({ data() {}, drain() {}, end: () => near.end(), error() {}, close: resolve });
      });
      near.write([new TextEncoder().encode(request)]);
      await closed;
    }
    expect(reported).toEqual([new Error("of the handler"), expect.objectContaining({ kind: "violation" })]);
  });

  it("a server with onError accepts a clock whose functions are methods of a class [R09]", async () => {
    const timers: unknown[] = [];
    class ClassClock {
      #now = 0;
      now(): number {
        return this.#now++;
      }
      setTimeout(task: () => void, milliseconds: number): unknown {
        this.#now++;
        timers.push(milliseconds);
        return setTimeout(task, milliseconds);
      }
      clearTimeout(timer: unknown): void {
        this.#now++;
        clearTimeout(timer as number);
      }
    }
    const server = { runtime: { clock: new ClassClock() }, onError: reportError };
    expect(await talk({ server })).toEqual(["hello", 4000, true]);
    expect(timers).not.toEqual([]);
  });

  it("a reconnecting client accepts a clock of the platform's functions, and its random [R09]", async () => {
    let attempts = 0;
    const client = hybi.reconnect(
      () => {
        attempts++;
        throw new Error("refused");
      },
      { runtime: { clock: platformClock(), random: crypto.getRandomValues as never }, firstDelay: 1, attempts: 1 },
    );
    await new Promise((resolve) => client.addEventListener("ended", resolve));
    expect(attempts).toBe(2);
  });

  it("streams and ports carry a conversation [R09]", async () => {
    const there = new TransformStream<Uint8Array, Uint8Array>();
    const back = new TransformStream<Uint8Array, Uint8Array>();
    const { port1, port2 } = new MessageChannel();
    const ends = [
      [
        hybi.fromStreams({ readable: there.readable, writable: back.writable }),
        hybi.fromStreams({ readable: back.readable, writable: there.writable }),
      ],
      [hybi.fromMessagePort(port1), hybi.fromMessagePort(port2)],
    ] as const;
    for (const [near, far] of ends) {
      new hybi.WebSocketServer((opening) => {
        const socket = opening.accept();
        socket.onmessage = ({ data }) => socket.send(data);
      }).receive(far);
      const socket = new (hybi.createWebSocketClass(() => near))("ws://example.com/");
      const message = new Promise((resolve) => {
        socket.onmessage = ({ data }) => resolve(data);
      });
      socket.onopen = () => socket.send("hello");
      expect(await message).toBe("hello");
      const closed = new Promise((resolve) => {
        socket.onclose = resolve;
      });
      socket.close();
      await closed;
    }
  });
});
