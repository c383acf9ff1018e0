/** One write per turn: everything caused by one chunk, or by one piece of the application's code, leaves together. */
import { describe, expect, it } from "vitest";
import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import { hasRequestContexts } from "../../src/platform/runtime.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import type { Transport, TransportSink } from "../../src/transport/transport.ts";
import { silentSink } from "../support/by-hand.ts";
import { TestClock, turn, until } from "../support/clock.ts";

function openingRequest(): Uint8Array {
  const fields = ["Host: a", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
  const lines = ["GET / HTTP/1.1", ...fields, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""];
  return new TextEncoder().encode(lines.join("\r\n"));
}

/** Wraps `transport`, and records the lengths of the chunks of each write. */
function watched(transport: Transport): { transport: Transport; writes: number[][] } {
  const writes: number[][] = [];
  const write = transport.write.bind(transport);
  transport.write = (chunks) => {
    writes.push(chunks.map(({ length }) => length));
    write(chunks);
  };
  return { transport, writes };
}

async function connected(serve: (socket: WebSocket) => void) {
  const [near, far] = createTransportPair();
  const client = watched(near);
  const server = watched(far);
  const clock = new TestClock();
  new WebSocketServer((opening) => serve(opening.accept()), { runtime: { clock } }).receive(far);
  const socket = new (createWebSocketClass(() => near, { runtime: { clock } }))("ws://example.com/");
  await until(() => socket.readyState === 1);
  await turn();
  client.writes.length = 0;
  server.writes.length = 0;
  return { socket, clock, clientWrites: client.writes, serverWrites: server.writes };
}

describe("messages sent in one turn", () => {
  it("leave as one write, and so do the replies", async () => {
    const { socket, clientWrites, serverWrites } = await connected((server) => {
      server.onmessage = ({ data }) => server.send(data);
    });
    let answers = 0;
    socket.onmessage = () => answers++;
    for (let count = 0; count < 64; count++) socket.send(`message ${count}`);
    await until(() => answers === 64);
    expect(clientWrites).toHaveLength(1);
    expect(serverWrites).toHaveLength(1);
  });

  it("leave as one write when each reply takes a few microtasks", async () => {
    const { socket, serverWrites } = await connected(async (server) => {
      for await (const message of server) {
        await Promise.resolve();
        server.send(message);
      }
    });
    let answers = 0;
    socket.onmessage = () => answers++;
    for (let count = 0; count < 64; count++) socket.send(`message ${count}`);
    await until(() => answers === 64);
    expect(serverWrites.length).toBeLessThan(3);
  });

  it("leave without a copy when a server's message is large, in writes of bounded size", async () => {
    const { socket, serverWrites } = await connected((server) => {
      server.send(new Uint8Array(1_000_000), { owned: true });
    });
    await until(() => socket.statistics.messagesReceived === 1);
    expect(serverWrites.length).toBeLessThan(10);
    for (const lengths of serverWrites) expect(lengths.reduce((sum, length) => sum + length)).toBeLessThan(200_000);
  });

  it.skipIf(hasRequestContexts)("set no timer: the one for the next Ping stays, shared by both endpoints", async () => {
    const { socket, clock } = await connected((server) => {
      server.onmessage = ({ data }) => server.send(data);
    });
    const before = clock.timersSet;
    for (let count = 0; count < 20; count++) {
      socket.send("x");
      await clock.advance(100);
    }
    expect(clock.timersSet).toBe(before);
    expect(clock.due).toHaveLength(1);
  });
});

describe("a message that is sent and has left", () => {
  it("reads the clock only while its time counts", async () => {
    for (const [deadlines, reads] of [
      [{}, 0],
      [{ idle: 1000 }, 100],
    ] as const) {
      const clock = new CountingClock();
      const [near, far] = createTransportPair();
      const server = new WebSocketServer((opening) => void opening.accept(), { runtime: { clock }, deadlines });
      server.receive(far);
      const socket = new (createWebSocketClass(() => near))("ws://example.com/");
      await until(() => socket.readyState === 1);
      await turn();
      clock.reads = 0;
      for (let count = 0; count < 100; count++) {
        server.broadcast("x");
        await turn();
      }
      expect(socket.statistics.messagesReceived).toBe(100);
      expect(clock.reads).toBe(reads);
      socket.terminate();
    }
  });
});

describe("a Ping and its Pong", () => {
  it("defer nothing to the end of a turn, because nobody can add to them", async () => {
    const clock = new DeferringClock();
    const written: number[] = [];
    let sink: TransportSink = silentSink;
    const transport: Transport = {
      start: (given) => {
        sink = given;
      },
      write: (chunks) => {
        written.push(...chunks.map(([first = 0]) => first));
        sink.drain();
      },
      end() {},
      abort() {},
      pause() {},
      resume() {},
    };
    const server = new WebSocketServer((opening) => void opening.accept(), { runtime: { clock } });
    server.receive(transport);
    sink.data(openingRequest(), true);
    await turn();
    clock.deferred = 0;
    written.length = 0;
    for (let count = 1; count <= 3; count++) {
      await clock.advance(25_300);
      expect(written.splice(0)).toEqual([0x89]);
      sink.data(Uint8Array.of(0x8a, 0x86, 0, 0, 0, 0, 0x68, 0x62, 0, 0, 0, count), true);
      await turn();
      expect([clock.deferred, server.sockets.size]).toEqual([0, 1]);
    }
  });
});

class DeferringClock extends TestClock {
  deferred = 0;

  defer(task: () => void): void {
    this.deferred++;
    queueMicrotask(task);
  }
}

class CountingClock extends TestClock {
  reads = 0;

  override now(): number {
    this.reads++;
    return super.now();
  }
}
