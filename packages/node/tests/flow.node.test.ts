/** Coalescing, backpressure and keepalive: how much is written and read at a time, and how much is buffered. */

import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, Socket } from "node:net";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import {
  connect,
  type ListenOptions,
  NodeTransport,
  type WebSocket,
  WebSocketServer,
  type WebSocketStream,
} from "@hybi/node";
import type { Transport, TransportSink } from "@hybi/websocket";
import { describe, expect, it } from "vitest";
import { WebSocket as Ws } from "ws";
import { openingRequest, RawClient } from "./support/raw-client.ts";
import { openServer, openServerOfPeers, openWsServer } from "./support/servers.ts";
import { atRest, until } from "./support/turns.ts";

const mebibyte = 1_048_576;

describe("NodeTransport", () => {
  it("reports no drain for a write that fails at once", async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = createConnection((server.address() as AddressInfo).port, "127.0.0.1");
    const [accepted] = (await once(server, "connection")) as [Socket];
    const calls: string[] = [];
    const transport = new NodeTransport(accepted);
    transport.start({
      data: () => {},
      drain: () => void calls.push("drain"),
      end: () => void calls.push("end"),
      error: () => {},
      close: () => void calls.push("close"),
    });
    client.destroy();
    await until(() => calls.includes("end"));
    // The peer answers the first write with a reset; then the kernel refuses one, at the latest the second after that.
    for (let write = 0; write < 50 && accepted.errored === null; write++) {
      calls.length = 0;
      transport.write([Buffer.from("x")]);
      if (accepted.errored === null) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await until(() => calls.includes("close"));
    expect(calls).toEqual(["close"]);
    server.close();
  });
});

describe("small messages", () => {
  it("echoed in one turn leave in one write", async () => {
    const server = await openServer();
    const client = await RawClient.open(server.port);
    const count = 500;
    const frame = encodeFrame({ opcode: opcodes.text, payload: Buffer.from("0123456789abcdef"), maskingKey: 3 });
    client.socket.write(Buffer.concat(Array.from({ length: count }, () => frame)));
    await client.until(() => client.received.length === count * 18);
    expect(client.chunks).toBe(1);
  });

  it("sent from different promises of one turn leave in one write", async () => {
    const server = await openServerOfPeers();
    const client = await RawClient.open(server.port);
    const peer = await server.nextPeer();
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        for (let hop = 0; hop < index % 7; hop++) await null;
        peer.socket.send("x");
      }),
    );
    await client.until(() => client.received.length === 300);
    expect(client.chunks).toBe(1);
  });

  it.each([
    ["no runtime", {}],
    ["runtime: { clock: undefined }", { runtime: { clock: undefined } }],
  ])("sent from a promise and from a tick leave in one write, with %s", async (_, options) => {
    const { transport, written } = manualTransport();
    let socket: WebSocket | undefined;
    new WebSocketServer((opening) => {
      socket = opening.accept() as WebSocket;
    }, options).receive(transport);
    await until(() => socket !== undefined);
    await atRest(() => written.length);
    written.length = 0;
    await null;
    socket?.send("x");
    process.nextTick(() => socket?.send("y"));
    await atRest(() => written.length);
    expect(written).toEqual(["\x81\x01x\x81\x01y"]);
  });
});

describe("a short write to a TCP socket", () => {
  it("asks to be called back, which costs a tick, only if the kernel did not take it at once", () => {
    const socket = new SlowSocket();
    const transport = new NodeTransport(socket);
    let drained = 0;
    transport.start({ data() {}, end() {}, error() {}, close() {}, drain: () => drained++ });
    const callbacks: unknown[] = [];
    const write = socket.write.bind(socket) as (...given: unknown[]) => boolean;
    socket.write = (...given: unknown[]) => {
      callbacks.push(given.findLast((one) => typeof one === "function"));
      return write(...given);
    };
    transport.write([Buffer.from("a"), Buffer.from("b")]);
    expect([drained, callbacks]).toEqual([1, [undefined, undefined]]);
    socket.isSlow = true;
    callbacks.length = 0;
    transport.write([Buffer.from("c")]);
    expect([drained, callbacks]).toEqual([1, [undefined, expect.any(Function)]]);
    socket.goOn();
    return until(() => drained === 2);
  });
});

/** A socket without a connection, which takes what is written at once, or when told. */
class SlowSocket extends Socket {
  isSlow = false;
  goOn = (): void => {};

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    if (this.isSlow) this.goOn = done;
    else done();
    this.isSlow = false;
  }

  override _writev(_chunks: unknown, done: () => void): void {
    this._write(undefined, "", done);
  }

  override _read(): void {}
}

/** A transport that goes nowhere, whose client has sent an opening request. Records each write as a string. */
function manualTransport(): { transport: Transport; written: string[] } {
  const written: string[] = [];
  let sink: TransportSink | undefined;
  const transport: Transport = {
    start(given) {
      sink = given;
      sink.data(new TextEncoder().encode(openingRequest()));
    },
    write(chunks) {
      written.push(Buffer.concat(chunks).toString("latin1"));
      sink?.drain();
    },
    end() {},
    abort() {},
    pause() {},
    resume() {},
  };
  return { transport, written };
}

describe("a peer that stops reading", () => {
  it("blocks the writer of a stream until it reads again", async () => {
    const streams: WebSocketStream[] = [];
    const server = await openServer((opening) => streams.push(opening.acceptStream()));
    const client = await RawClient.open(server.port);
    client.socket.pause();
    const total = 48;
    const message = new Uint8Array(mebibyte);
    const opened = await streams[0]?.opened;
    const writer = opened?.writable.getWriter();
    let sent = 0;
    const sending = (async () => {
      for (; sent < total; sent++) await writer?.write(message);
    })();
    await atRest(() => sent);
    expect(sent).toBeLessThan(total);
    let received = 0;
    client.socket.removeAllListeners("data");
    client.socket.on("data", (chunk) => {
      received += chunk.length;
    });
    client.socket.resume();
    await sending;
    await until(() => received >= total * mebibyte);
  }, 20_000);

  it("shows in bufferedAmount, which falls to 0 when it reads again", async () => {
    const server = await openServerOfPeers();
    const client = await RawClient.open(server.port);
    const { socket } = await server.nextPeer();
    client.socket.pause();
    for (let index = 0; index < 16; index++) socket.send(new Uint8Array(mebibyte));
    expect(socket.bufferedAmount).toBe(16 * mebibyte);
    await atRest(() => socket.bufferedAmount);
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    client.socket.resume();
    await until(() => socket.bufferedAmount === 0);
  }, 20_000);

  it("still gets its control frames in between when it reads again [X24]", async () => {
    const { url, server } = await openWsServer();
    const arrival = once(server, "connection");
    const client = await connect(url);
    const [ws] = (await arrival) as [Ws];
    ws.pause();
    client.send(new Uint8Array(32 * mebibyte));
    await atRest(() => client.bufferedAmount);
    client.ping(Buffer.from("urgent"));
    const order: string[] = [];
    ws.on("ping", () => order.push("ping"));
    ws.on("message", () => order.push("message"));
    ws.resume();
    await until(() => order.length === 2);
    expect(order).toEqual(["ping", "message"]);
    client.terminate();
  }, 20_000);
});

describe("an application that does not take its messages", () => {
  const frame = encodeFrame({ opcode: opcodes.binary, payload: new Uint8Array(10_000), maskingKey: 0 });
  const total = 4_000;

  async function flood(client: RawClient): Promise<void> {
    for (let index = 0; index < total; index++) {
      if (client.socket.write(frame)) continue;
      await once(client.socket, "drain");
    }
  }

  /** Opens a server that accepts, and takes messages only when the test says so. */
  async function openServerOfLoops(options: ListenOptions = {}) {
    const sockets: WebSocket[] = [];
    const loops: AsyncIterableIterator<unknown>[] = [];
    const server = await openServer((opening) => {
      const socket = opening.accept();
      socket.binaryType = "arraybuffer";
      sockets.push(socket);
      loops.push(socket[Symbol.asyncIterator]());
    }, options);
    return { server, sockets, loops };
  }

  it("stops the peer, and gets every message when it takes them at last", async () => {
    const { server, loops } = await openServerOfLoops();
    const client = await RawClient.open(server.port);
    const flooding = flood(client);
    await atRest(() => client.socket.bytesWritten);
    expect(client.socket.bytesWritten - client.socket.writableLength).toBeLessThan(total * frame.length);
    let taken = 0;
    for await (const _ of loops[0] ?? []) if (++taken === total) break;
    await flooding;
    expect(taken).toBe(total);
  }, 20_000);

  it("does not time out the peer: no Ping is due while nothing is read [X23]", async () => {
    const { server, sockets, loops } = await openServerOfLoops({ deadlines: { ping: 10, pong: 10 } });
    const client = await RawClient.open(server.port);
    void flood(client);
    await atRest(() => client.socket.bytesWritten);
    const before = Date.now();
    await until(() => Date.now() - before > 100);
    expect(sockets[0]?.readyState).toBe(1);
    client.socket.destroy();
    await loops[0]?.return?.();
    await until(() => server.connections === 0);
  }, 20_000);
});

describe("keepalive", () => {
  it("fails the connection with 1011 when the peer does not reply to Pings [X23]", async () => {
    const server = await openServerOfPeers({ deadlines: { ping: 20, pong: 20, closing: 50 } });
    const client = await RawClient.open(server.port);
    const peer = await server.nextPeer();
    await client.until(() => client.ended);
    expect([...client.received.subarray(0, 2)]).toEqual([0x89, 6]);
    expect(await peer.closed).toMatchObject({
      failure: { kind: "too-late", violation: { code: "deadline/pong", statusCode: 1011 } },
    });
  });

  it("keeps a connection whose silent peer replies to Pings", async () => {
    const server = await openServerOfPeers({ deadlines: { ping: 10, pong: 1_000 } });
    const ws = new Ws(server.url);
    let pings = 0;
    ws.on("ping", () => pings++);
    const peer = await server.nextPeer();
    await until(() => pings >= 5);
    expect(peer.isOpen).toBe(true);
    ws.close();
  });
});
