/** Whoever is slow makes its peer wait: what a peer sends does not gather in memory, whatever the program does with pause and resume. */
import { Duplex } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { framesFrom } from "@hybi/testing/wire";
import { WebSocket } from "@hybi/ws";
import { expect, it } from "vitest";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const messagesInChunk = 9000;
const chunk = Buffer.concat(
  Array(messagesInChunk).fill(framesFrom("client", { opcode: 1, payload: new Uint8Array([97]) })),
);
const chunks = 60;
/** What may wait in the stream and in the pump: some reads. */
const mostWaiting = 8 * messagesInChunk;

/** A peer that sends `chunks` as fast as they are read. */
class Flood extends Duplex {
  sent = 0;
  override _read(): void {
    if (this.sent === chunks * messagesInChunk) return;
    setImmediate(() => {
      this.sent += messagesInChunk;
      this.push(chunk);
    });
  }
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

function flooded(options: WebSocket.ClientOptions = {}): { readonly flood: Flood; readonly socket: WebSocket } {
  const flood = new Flood();
  const socket = new WebSocket(null);
  socket.setSocket(flood, Buffer.alloc(0), options as never);
  return { flood, socket };
}

type Toggle = (socket: WebSocket, count: number) => void;

const toggles: readonly (readonly [name: string, toggle: Toggle])[] = [
  [
    "pauses and resumes at each message",
    (socket) => {
      socket.pause();
      socket.resume();
    },
  ],
  [
    "pauses at each 100th message, and resumes a turn later",
    (socket, count) => {
      if (count % 100 > 0) return;
      socket.pause();
      setImmediate(() => socket.resume());
    },
  ],
];

for (const allowSynchronousEvents of [true, false]) {
  it.each(toggles)(`of a socket that %s, allowSynchronousEvents: ${allowSynchronousEvents}`, async (_name, toggle) => {
    const { flood, socket } = flooded({ allowSynchronousEvents });
    const expected = chunks * messagesInChunk * (allowSynchronousEvents ? 1 : 0.1);
    let count = 0;
    let most = 0;
    await new Promise<void>((resolve) => {
      socket.on("message", () => {
        most = Math.max(most, flood.sent - ++count);
        toggle(socket, count);
        if (count === expected) resolve();
      });
    });
    socket.terminate();
    expect(most).toBeLessThanOrEqual(mostWaiting);
  });
}

it("of events that wait for turns of their own: those that have had theirs are forgotten, though the queue is never empty", async () => {
  const duplex = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const socket = new WebSocket(null);
  socket.setSocket(duplex, Buffer.alloc(0), { allowSynchronousEvents: false });
  const message = Buffer.from(framesFrom("client", { opcode: 2, payload: new Uint8Array(5000) }));
  const emitted: WeakRef<ArrayBufferLike>[] = [];
  duplex.push(Buffer.concat([message, message]));
  const alive = await new Promise<number>((resolve) => {
    socket.on("message", (data: Buffer) => {
      // One waits behind it.
      duplex.push(message);
      emitted.push(new WeakRef(data.buffer));
      if (emitted.length < 500) return;
      collectGarbage();
      resolve(emitted.filter((memory) => memory.deref() !== undefined).length);
      socket.terminate();
    });
  });
  expect(alive).toBeLessThan(50);
});
