/** Every queue of a server is limited in objects as well as in bytes: one client cannot fill it with empty messages. */
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { describe, expect, it } from "vitest";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import { type ServerOptions, WebSocketServer } from "../../src/server/server.ts";
import { never, openByHand, UnreadBlob } from "../support/by-hand.ts";
import { TestClock, turn } from "../support/clock.ts";

const many = 50_000;
const chunkSize = 4096;

/** Sends `many` messages to a server, in chunks of 4 KiB, while it reads, and returns what it holds then. */
async function flood(
  handler: (opening: IncomingOpening) => unknown,
  opcode: number,
  length: number,
  options: ServerOptions = {},
): Promise<{ server: WebSocketServer; held: number; read: number }> {
  const server = new WebSocketServer(handler, { runtime: { clock: new TestClock() }, onError: () => {}, ...options });
  const near = await openByHand(server);
  near.pause();
  const frame = encodeFrame({ opcode, payload: new Uint8Array(length).fill(0x61), maskingKey: 0x0102_0304 });
  const all = new Uint8Array(frame.length * many);
  for (let at = 0; at < all.length; at += frame.length) all.set(frame, at);
  let written = 0;
  while (written < all.length && near.bytesInFlight < 3 * chunkSize) {
    near.write([all.slice(written, written + chunkSize)]);
    written += chunkSize;
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
  await turn();
  return { server, held: server.totals.held, read: written - near.bytesInFlight };
}

describe("a client that sends empty or short messages without end", () => {
  const kinds = [
    ["texts", opcodes.text],
    ["binary messages", opcodes.binary],
  ] as const;
  const consumers: readonly (readonly [string, (opening: IncomingOpening) => unknown])[] = [
    [
      "reads with for await, and is busy",
      async (opening) => {
        for await (const _ of opening.accept()) await never;
      },
    ],
    ["has not begun to listen", (opening) => opening.accept()],
    ["does not read its stream", (opening) => opening.acceptStream()],
  ];
  const cases = consumers.flatMap(([title, handler]) =>
    kinds.flatMap(([kind, opcode]) => [0, 1, 100].map((length) => [kind, length, title, opcode, handler] as const)),
  );

  it.each(cases)(
    "(%s of %i bytes) cannot fill a server that %s [A01]",
    async (_kind, length, _title, opcode, handler) => {
      const { held, read } = await flood(handler, opcode, length);
      expect(read).toBeLessThan(150_000);
      // 64 KiB of queue, plus the chunk of 600 messages that exceeded it; an empty buffer takes 200 bytes.
      expect(held).toBeLessThan(450_000);
      expect(held).toBeGreaterThan(10_000);
    },
  );
});

describe("a queue behind a Blob", () => {
  const handler = (opening: IncomingOpening): void => {
    const socket = opening.accept();
    socket.send(new UnreadBlob(["x"]));
    socket.onmessage = ({ data }) => socket.send(data);
  };

  it.each([0, 1, 100])(
    "stays within queuedOutput, counting objects as well, for an echo of %i bytes [A03]",
    async (length) => {
      const { server, held } = await flood(handler, opcodes.binary, length, { limits: { queuedOutput: 200_000 } });
      // The limit was exceeded, so the socket was closed, as the standard requires.
      expect(server.sockets.size).toBe(0);
      expect(held).toBe(0);
    },
  );

  it("stays within queuedOutput for Blobs that are echoed [A03]", async () => {
    let most = 0;
    const server: { totals?: { held: number } } = {};
    const echo = (opening: IncomingOpening): void => {
      const socket = opening.accept({ binaryType: "blob" });
      socket.send(new UnreadBlob(["x"]));
      socket.onmessage = ({ data }) => {
        socket.send(data);
        most = Math.max(most, server.totals?.held ?? 0);
      };
    };
    const flooded = await flood(echo, opcodes.binary, 1, { limits: { queuedOutput: 200_000 } });
    expect(most).toBeLessThan(250_000);
    expect([...flooded.server.sockets]).toEqual([]);
  });
});

it("an accepted socket delivers bytes as ArrayBuffers that contain only their own message [A03]", async () => {
  const told: unknown[] = [];
  const handler = (opening: IncomingOpening): void => {
    const socket = opening.accept();
    socket.onmessage = ({ data }) => told.push(data);
  };
  const server = new WebSocketServer(handler, { runtime: { clock: new TestClock() } });
  const near = await openByHand(server);
  const frames = [0, 1, 300].map((length) =>
    encodeFrame({ opcode: opcodes.binary, payload: new Uint8Array(length).fill(7), maskingKey: 1 }),
  );
  near.write(frames);
  await turn();
  expect(told.every((data) => data instanceof ArrayBuffer)).toBe(true);
  expect(told.map((data) => (data as ArrayBuffer).byteLength)).toEqual([0, 1, 300]);
});
