/** A message that is sent to many is encoded once: nobody can tell, whatever the program does with its memory in between. */
import { Duplex } from "node:stream";
import { concatBytes, readFrames } from "@hybi/testing/wire";
import { WebSocket } from "@hybi/ws";
import fc from "fast-check";
import { expect, it } from "vitest";

/** A stream that keeps what is written, and takes it when it is told to. */
class Recorder extends Duplex {
  readonly written: Uint8Array[] = [];
  isStuck = false;
  #waiting: (() => void) | undefined;

  override _read(): void {}
  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.written.push(new Uint8Array(chunk));
    if (this.isStuck) this.#waiting = done;
    else done();
  }
  goOn(): void {
    this.isStuck = false;
    this.#waiting?.();
    this.#waiting = undefined;
  }
}

function openOver(stream: Duplex, isServer: boolean): WebSocket {
  const socket = new WebSocket(null, undefined, {});
  socket._isServer = isServer;
  socket.setSocket(stream, Buffer.alloc(0), {});
  return socket;
}

const clients = 3;
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      to: fc.nat(clients),
      data: fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 4, 5),
      binary: fc.constantFrom(undefined, undefined, undefined, true, false),
    }),
  },
  { weight: 3, arbitrary: fc.record({ change: fc.constantFrom(0, 0, 1, 2) }) },
  { weight: 2, arbitrary: fc.record({ stop: fc.nat(clients) }) },
  { weight: 1, arbitrary: fc.constant("turn" as const) },
);

it("arrives as it was when it was sent, with any other before and behind it, in one turn or several", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const streams = Array.from({ length: clients + 1 }, () => new Recorder());
      // The last one is a client, which masks.
      const sockets = streams.map((stream, index) => openOver(stream, index < clients));
      const bytes = [Buffer.from("abc"), Buffer.alloc(300, "é"), Buffer.alloc(70_000, "x")];
      const sendable = [...bytes, "a text", "b".repeat(5000), 5] as const;
      const expected: string[][] = sockets.map(() => []);
      for (const [index, step] of steps.entries()) {
        if (step === "turn") await new Promise((resolve) => setImmediate(resolve));
        else if ("stop" in step) (streams[step.stop] as Recorder).isStuck = true;
        else if ("change" in step) bytes[step.change]?.fill(97 + (index % 26));
        else {
          const data = sendable[step.data] as (typeof sendable)[number];
          const { binary = typeof data === "object" } = step;
          expected[step.to]?.push(`${binary ? 2 : 1} ${Buffer.from(String(data)).toString("latin1")}`);
          sockets[step.to]?.send(data, { binary: step.binary });
        }
      }
      for (const stream of streams) stream.goOn();
      // What is long leaves in turns of its own.
      for (let turns = 0; turns < 100 && sockets.some((socket) => socket.bufferedAmount > 0); turns++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      const actual = streams.map(({ written }) =>
        readFrames(concatBytes(written)).map(
          ({ opcode, payload }) => `${opcode} ${Buffer.from(payload).toString("latin1")}`,
        ),
      );
      expect(actual).toEqual(expected);
      for (const socket of sockets) socket.terminate();
    }),
    {
      numRuns: 100,
      examples: [
        [
          [
            { to: 0, data: 0, binary: undefined },
            { to: 1, data: 0, binary: undefined },
            { change: 0 },
            { to: 2, data: 0, binary: undefined },
            { to: 0, data: 0, binary: false },
            { to: 1, data: 0, binary: false },
          ],
        ],
      ],
    },
  );
});

it("is refused by each socket alike when it is no UTF-8", () => {
  const streams = Array.from({ length: 3 }, () => new Recorder());
  const data = Buffer.from([0xff]);
  const errors: unknown[] = [];
  for (const stream of streams) openOver(stream, true).send(data, { binary: false }, (error) => errors.push(error));
  expect(errors.map((error) => error instanceof Error)).toEqual([true, true, true]);
  expect(streams.map(({ written }) => written.length)).toEqual([0, 0, 0]);
});

it("is one array for all of them", () => {
  const streams = Array.from({ length: 4 }, () => new Recorder());
  const received = new Set<ArrayBufferLike>();
  const data = Buffer.alloc(5000, "a");
  for (const stream of streams) {
    stream._write = (chunk, _encoding, done) => {
      received.add(chunk.buffer);
      done();
    };
  }
  for (const stream of streams) openOver(stream, true).send(data, { binary: false });
  // The first is not known to be one of many.
  expect(received.size).toBeLessThanOrEqual(3);
});
