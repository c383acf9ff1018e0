/**
 * A transport that ends without a Close frame (RFC 6455 §7.2.1), and transports that report their end within the call that
 * causes it.
 */
import { describe, expect, it } from "vitest";
import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import type { Transport, TransportSink } from "../../src/transport/transport.ts";
import { turn, until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

describe("an open connection", () => {
  it.each([
    ["its peer ends its half", (world: World, by: "near" | "far") => world[by][0]?.end()],
    ["its transport is cut", (world: World, by: "near" | "far") => world[by][0]?.lose(new Error("cut"))],
    ["its peer aborts the transport", (world: World, by: "near" | "far") => world[by][0]?.abort()],
  ])("fires error and close when %s, on either side [R20]", async (_, lose) => {
    for (const [by, side] of [
      ["far", "client"],
      ["near", "server"],
    ] as const) {
      const world = new World();
      const sockets = await world.connected();
      const events = story(sockets[side]);
      lose(world, by);
      await until(() => sockets[side].readyState === 3);
      await turn();
      expect(events.map((line) => line.slice(0, 12))).toEqual([expect.stringMatching(/^error 3 \w/), "close 3 1006"]);
    }
  });

  it("fires error and close when its peer leaves before it replies to our Close frame [R20]", async () => {
    for (const lose of ["end", "abort"] as const) {
      const world = new World();
      const { client, server } = await world.connected();
      server.pause();
      await turn();
      const events = story(client);
      client.close(1000);
      await turn();
      world.far[0]?.[lose]();
      await until(() => client.readyState === 3);
      expect(events).toEqual([expect.stringMatching(/^error 3 /), "close 3 1006 unclean"]);
    }
  });

  it("ends its loops and its stream with an error of the transport when its peer leaves behind its Close frame [R20]", async () => {
    const ends: Promise<unknown>[] = [];
    const loop = async (messages: AsyncIterable<unknown>) => {
      for await (const _ of messages);
    };
    const world = new World({
      handler: (opening) => {
        if (ends.length === 0) ends.push(loop(opening.accept()));
        else ends.push(opening.acceptStream().closed);
        // Awaited below.
        for (const end of ends) end.catch(() => {});
      },
    });
    for (const at of [0, 1]) {
      const client = new world.WebSocket("ws://example.com/");
      await until(() => client.readyState === 1);
      // Our Close frame cannot leave: the peer reads nothing more.
      world.near[at]?.pause();
      client.close(1000);
      await turn();
      world.far[at]?.lose(undefined);
    }
    for (const end of ends) {
      const failure = { kind: "transport", error: expect.objectContaining({ message: expect.any(String) }) };
      await expect(end).rejects.toMatchObject({ name: "WebSocketError", closeCode: 1000, failure });
    }
    expect(ends).toHaveLength(2);
  });

  it("fires no error when the application itself terminates the transport [R20]", async () => {
    const world = new World();
    const { client } = await world.connected();
    const events = story(client);
    client.terminate();
    await until(() => client.readyState === 3);
    expect(events).toEqual(["close 3 1006 unclean"]);
  });
});

type Says = "close" | "end, close" | "error, close";

/** A transport that calls its sink within the call that causes the event. */
class ImmediateTransport implements Transport {
  readonly #inner: Transport;
  readonly #says: Says;
  #sink: TransportSink | undefined;

  constructor(inner: Transport, says: Says) {
    this.#inner = inner;
    this.#says = says;
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
    this.#inner.start({ ...bound(sink), close() {}, end() {}, error() {} });
  }
  write(chunks: readonly Uint8Array[]): void {
    this.#inner.write(chunks);
  }
  end(): void {
    this.#inner.end();
    this.#sink?.close();
  }
  abort(): void {
    this.#inner.abort();
    if (this.#says === "end, close") this.#sink?.end();
    if (this.#says === "error, close") this.#sink?.error(new Error("dropped"));
    this.#sink?.close();
  }
  pause(): void {
    this.#inner.pause();
  }
  resume(): void {
    this.#inner.resume();
  }
}

function bound(sink: TransportSink): TransportSink {
  return {
    data: (chunk, isLast) => sink.data(chunk, isLast),
    drain: () => sink.drain(),
    end: () => sink.end(),
    error: (error) => sink.error(error),
    close: () => sink.close(),
  };
}

describe("a transport that reports its end within a call", () => {
  it.each(["close", "end, close", "error, close"] as const)("(%s) fires nothing inside a call [R21]", async (says) => {
    for (const act of [
      (socket: WebSocket) => socket.terminate(),
      (socket: WebSocket) => {
        socket.close();
        socket.terminate();
      },
      (socket: WebSocket) => {
        for (let count = 0; count < 9; count++) socket.send(new Uint8Array(40_000_000), { owned: true });
      },
    ]) {
      const world = new World();
      const Socket = createWebSocketClass(() => {
        const [near, far] = createTransportPair();
        world.server.receive(far);
        return new ImmediateTransport(near, says);
      });
      const socket = new Socket("ws://example.com/");
      await until(() => socket.readyState === 1);
      let isInside = true;
      const inside: string[] = [];
      for (const type of ["error", "close"] as const) {
        socket.addEventListener(type, () => {
          if (isInside) inside.push(type);
        });
      }
      const ended = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));
      act(socket);
      isInside = false;
      expect(await ended).toBe(1006);
      expect(inside).toEqual([]);
    }
  });

  it("fires nothing within the constructor of the socket when it is lost before it starts [R21]", async () => {
    const transport: Transport = {
      start: (sink) => {
        sink.error(new Error("gone"));
        sink.close();
      },
      write() {},
      end() {},
      abort() {},
      pause() {},
      resume() {},
    };
    const world = new World({
      handler: (opening) => {
        const socket = opening.accept();
        const events = story(socket);
        expect(events).toEqual([]);
        told.push(events);
      },
    });
    const told: string[][] = [];
    const fields = [
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", "https"],
      [":path", "/"],
      [":authority", "example.com"],
      ["sec-websocket-version", "13"],
    ] as const;
    world.server.receiveStream({ accept: () => transport, reject() {}, abort() {}, onLost: undefined }, fields);
    await until(() => told[0]?.length === 2);
    expect(told).toEqual([["error 3 gone", "close 3 1006 unclean"]]);
    expect(world.clock.reported).toEqual([]);
    expect(world.server.connections).toBe(0);
  });
});
