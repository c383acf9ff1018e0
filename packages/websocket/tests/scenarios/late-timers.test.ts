/** Timers that fire late: data that has arrived by then is processed before any deadline is enforced. */
import type { Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import type { ConnectStream } from "../../src/server/pending-connect.ts";
import { type ServerOptions, WebSocketServer } from "../../src/server/server.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair, type PairedTransport } from "../../src/transport/pair.ts";
import { EventLoop } from "../support/event-loop.ts";
import { clientRequest } from "../support/http.ts";
import { story } from "../support/link.ts";

const endless = Number.POSITIVE_INFINITY;
const patient = { opening: endless, closing: endless, ping: endless };
const text = (data: string) => Uint8Array.of(0x81, 0x80 + data.length, 0, 0, 0, 0, ...new TextEncoder().encode(data));

/** A server with raw clients. */
class Wire {
  readonly near: PairedTransport;
  readonly received: string[] = [];
  readonly accepted: WebSocket[] = [];
  readonly events: string[] = [];
  readonly server: WebSocketServer;
  /** The payload of the latest Ping. */
  ping: Uint8Array | undefined;
  ended = false;

  constructor(loop: EventLoop, options: ServerOptions, handler?: (opening: IncomingOpening) => unknown) {
    const accept = (opening: IncomingOpening) => {
      const socket = opening.accept();
      this.accepted.push(socket);
      const lines = story(socket);
      lines.push = (line) => this.events.push(line);
    };
    this.server = new WebSocketServer(handler ?? accept, { runtime: { clock: loop }, ...options });
    const [near, far] = createTransportPair({ schedule: loop.schedule });
    this.near = near;
    near.start({
      data: (chunk) => {
        // Not with `...`: the stack of a browser's worker is small.
        this.received.push(Array.from(chunk, (byte) => String.fromCharCode(byte)).join(""));
        if (chunk[0] === 0x89) this.ping = chunk.slice(2, 2 + (chunk[1] ?? 0));
      },
      drain() {},
      end: () => (this.ended = true),
      error() {},
      close: () => (this.ended = true),
    });
    this.server.receive(far);
  }

  write(bytes: Uint8Array | string): void {
    this.near.write([typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes]);
  }

  frame(opcode: number, payload: Uint8Array): void {
    this.write(Uint8Array.of(0x80 + opcode, 0x80 + payload.length, 0, 0, 0, 0, ...payload));
  }
}

describe.each(["turns", "timers only"] as const)("after a busy period, in a loop with %s,", (turns) => {
  async function open(deadlines: object): Promise<{ loop: EventLoop; wire: Wire; socket: WebSocket }> {
    const loop = new EventLoop(turns);
    const wire = new Wire(loop, { deadlines: { ...patient, ...deadlines } });
    wire.write(clientRequest("/"));
    await loop.run();
    return { loop, wire, socket: wire.accepted[0] as WebSocket };
  }

  it("a peer whose Pong has arrived counts as alive, however late the timer is [R17]", async () => {
    for (const late of [1, 400, 600_000]) {
      const { loop, wire, socket } = await open({ ping: 1_000, pong: 200 });
      await loop.run(1_000);
      expect(wire.ping).toBeDefined();
      wire.frame(0xa, wire.ping as Uint8Array);
      loop.busy(199 + late);
      await loop.run();
      expect([wire.events, socket.readyState, socket.statistics.roundTripTime]).toEqual([[], 1, 199 + late]);
    }
  });

  it("a peer that has sent nothing, or nothing since, counts as lost [R17]", async () => {
    for (const late of [0, 1, 400]) {
      const { loop, wire } = await open({ ping: 1_000, pong: 200, closing: 50 });
      await loop.run(1_000);
      wire.write(text("a"));
      await loop.run(100);
      loop.busy(100 + late);
      await loop.run(50);
      expect(wire.events[0]).toBe("message a");
      expect(wire.events[1]).toMatch(/^error 3 .*deadline\/pong/);
    }
  });

  it("a peer gets its whole time for a Pong once more when other bytes came before it [R17]", async () => {
    const { loop, wire } = await open({ ping: 1_000, pong: 200, closing: 50 });
    await loop.run(1_000);
    wire.write(text("a"));
    loop.busy(600_000);
    await loop.run(199);
    expect(wire.events).toEqual(["message a"]);
    wire.write(text("b"));
    await loop.run(51);
    expect(wire.events[2]).toMatch(/^error 3 .*deadline\/pong/);
  });

  it("a connection whose message has arrived is not idle [R17]", async () => {
    const { loop, wire, socket } = await open({ idle: 200 });
    wire.write(text("a"));
    loop.busy(500);
    await loop.run();
    expect(wire.events).toEqual(["message a"]);
    await loop.run(199);
    expect([socket.readyState, wire.received.filter((chunk) => chunk.startsWith("\x88"))]).toEqual([1, []]);
    await loop.run(1);
    expect(wire.received.at(-1)).toBe("\x88\x06\x03\xe9idle");
  });

  it("output that has been taken, even if only now, is not stalled [R17]", async () => {
    const { loop, wire, socket } = await open({ stalled: 200 });
    wire.near.pause();
    socket.send(new Uint8Array(3_000_000));
    await loop.run();
    expect(socket.bufferedAmount).toBeGreaterThan(2_000_000);
    wire.near.resume();
    loop.busy(500);
    await loop.run();
    expect([wire.events, socket.bufferedAmount]).toEqual([[], 0]);
  });

  it("a closing handshake whose reply has arrived is clean [R17]", async () => {
    const { loop, wire, socket } = await open({ closing: 200 });
    socket.close(4000);
    await loop.run();
    wire.frame(0x8, Uint8Array.of(0x0f, 0xa0));
    wire.near.end();
    loop.busy(500);
    await loop.run();
    expect(wire.events).toEqual(["close 3 4000 clean"]);
  });

  it("a server that closes aborts no client that has replied [R17]", async () => {
    const { loop, wire } = await open({});
    let isOver = false;
    void wire.server.close({ timeout: 200 }).then(() => (isOver = true));
    await loop.run();
    wire.frame(0x8, Uint8Array.of(0x03, 0xe9));
    wire.near.end();
    loop.busy(500);
    await loop.run();
    expect([wire.events, isOver]).toEqual([["close 3 1001 clean"], true]);
  });

  it("accumulated control frames are not a flood, but those that arrive afterwards may be [R17]", async () => {
    const { loop, wire, socket } = await open({ ping: 300, controlFrames: 10, controlWindow: 100 });
    const pings = (count: number) => {
      for (let index = 0; index < count; index++) wire.frame(0x9, new Uint8Array(0));
    };
    pings(50);
    loop.busy(500);
    await loop.run(10);
    expect([wire.events, socket.readyState]).toEqual([[], 1]);
    pings(25);
    await loop.run();
    expect(wire.received.at(-1)).toContain("deadline/control-flood");
  });

  it.each([0, 1, 20])(
    "many Pings accumulated in a short absence with no timer due are not a flood, behind %i others [A12]",
    async (before) => {
      const { loop, wire, socket } = await open({ ping: 25_000, controlFrames: 100, controlWindow: 1_000 });
      const pings = (count: number) => {
        for (let index = 0; index < count; index++) wire.frame(0x9, new Uint8Array(0));
      };
      pings(before);
      await loop.run(10);
      pings(150);
      loop.busy(1_600);
      await loop.run(10);
      expect([wire.events, socket.readyState]).toEqual([[], 1]);
      pings(220 - before);
      await loop.run();
      expect(wire.received.at(-1)).toContain("deadline/control-flood");
    },
  );

  it("control frames accumulated while the application did not read are not a flood [R17]", async () => {
    const { loop, wire, socket } = await open({ controlFrames: 10, controlWindow: 100 });
    socket.pause();
    await loop.run();
    for (let index = 0; index < 50; index++) wire.frame(0x9, new Uint8Array(0));
    await loop.run(500);
    socket.resume();
    await loop.run();
    expect([wire.events, socket.readyState, socket.statistics.controlFramesReceived]).toEqual([[], 1, 50]);
  });

  it("a request that has arrived is processed, and the handler has its time from then on [R17]", async () => {
    for (const thinking of [0, 150, 250]) {
      const loop = new EventLoop(turns);
      const accept = async (opening: IncomingOpening) => {
        if (thinking > 0) await new Promise<void>((resolve) => loop.setTimeout(resolve, thinking));
        opening.accept();
      };
      const wire = new Wire(loop, { deadlines: { ...patient, opening: 200 } }, accept);
      await loop.run();
      wire.write(clientRequest("/"));
      loop.busy(500);
      await loop.run(thinking);
      expect(wire.received.join("").slice(0, 12)).toBe(thinking <= 200 ? "HTTP/1.1 101" : "HTTP/1.1 408");
    }
  });

  it("a request of which only a part has arrived is too late [R17]", async () => {
    const loop = new EventLoop(turns);
    const wire = new Wire(loop, { deadlines: { ...patient, opening: 200 } });
    await loop.run();
    wire.write(clientRequest("/").slice(0, 30));
    loop.busy(500);
    await loop.run();
    expect(wire.received.join("").slice(0, 12)).toBe("HTTP/1.1 408");
  });

  it("a client whose transport or response has arrived opens [R17]", async () => {
    const loop = new EventLoop(turns);
    const [near, far] = createTransportPair({ schedule: loop.schedule });
    let give: () => void = () => {};
    const connect = () =>
      new Promise<PairedTransport>((resolve) => {
        give = () => resolve(near);
      });
    const socket = new (createWebSocketClass(connect, {
      runtime: { clock: loop },
      deadlines: { ...patient, opening: 200 },
    }))("ws://a/");
    const events = story(socket);
    await loop.run();
    loop.schedule(() => give());
    loop.busy(500);
    await loop.run();
    expect(events).toEqual([]);
    const server = new WebSocketServer((opening) => opening.accept(), { runtime: { clock: loop }, deadlines: patient });
    server.receive(far);
    loop.busy(500);
    await loop.run();
    expect(events).toEqual(["open"]);
    expect(socket.readyState).toBe(1);
  });

  it("a handler over HTTP/2 whose response is ready is not too late [R17]", async () => {
    const loop = new EventLoop(turns);
    const calls: string[] = [];
    const stream: ConnectStream = {
      onLost: undefined,
      accept({ status }) {
        calls.push(`accept ${status}`);
        return createTransportPair()[0];
      },
      reject: ({ status }) => void calls.push(`reject ${status}`),
      abort: () => void calls.push("abort"),
    };
    const fields: Fields = [
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", "https"],
      [":path", "/"],
      [":authority", "example.com"],
      ["sec-websocket-version", "13"],
    ];
    const handler = (opening: IncomingOpening) =>
      new Promise((resolve) => loop.schedule(() => resolve(opening.accept())));
    const server = new WebSocketServer(handler, { runtime: { clock: loop }, deadlines: { ...patient, opening: 200 } });
    server.receiveStream(stream, fields);
    loop.busy(500);
    await loop.run();
    expect(calls).toEqual(["accept 200"]);
  });
});
