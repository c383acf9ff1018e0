/** What the writers and readers of a stream get when the connection ends with unsent bytes. */
import { encodeFrame } from "@hybi/core/frame";
import { describe, expect, it } from "vitest";
import { WebSocketError } from "../../src/dom/websocket-error.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import type { WebSocketStream } from "../../src/socket/websocket-stream.ts";
import type { PairedTransport } from "../../src/transport/pair.ts";
import { turn, until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

const large = 4_194_304;

/** The state of a promise, and its rejection. */
interface Watched {
  state: "pending" | "resolved" | "rejected";
  error?: unknown;
}

function watch(promise: Promise<unknown>): Watched {
  const watched: Watched = { state: "pending" };
  promise.then(
    () => {
      watched.state = "resolved";
    },
    (error: unknown) => {
      watched.state = "rejected";
      watched.error = error;
    },
  );
  return watched;
}

/** A stream, its peer, and the peer's end of the transport. */
interface Opened {
  readonly world: World;
  readonly stream: WebSocketStream;
  readonly peer: WebSocket;
  readonly wire: PairedTransport;
  readonly maskingKey: number | undefined;
}

const sides: Readonly<Record<string, () => Promise<Opened>>> = {
  "a client's": async () => {
    const world = new World();
    const stream = new world.WebSocketStream("ws://example.com/");
    await stream.opened;
    await until(() => world.accepted.length === 1);
    const [peer] = world.accepted as [WebSocket];
    return { world, stream, peer, wire: world.far[0] as PairedTransport, maskingKey: undefined };
  },
  "an accepted": async () => {
    const streams: WebSocketStream[] = [];
    const world = new World({ handler: (opening) => streams.push(opening.acceptStream()) });
    const peer = new world.WebSocket("ws://example.com/");
    await until(() => peer.readyState === 1 && streams.length === 1);
    const [stream] = streams as [WebSocketStream];
    return { world, stream, peer, wire: world.near[0] as PairedTransport, maskingKey: 1 };
  },
};

describe.each(Object.keys(sides))("%s stream", (side) => {
  /** Opens a stream whose peer reads nothing until the test lets it. */
  async function stuck() {
    const opened = await sides[side]?.();
    if (opened === undefined) throw new Error(side);
    const { readable, writable } = await opened.stream.opened;
    opened.peer.pause();
    await turn();
    const writer = writable.getWriter();
    const reader = readable.getReader();
    const all = { closed: watch(opened.stream.closed), writer: watch(writer.closed), read: watch(reader.read()) };
    return { ...opened, reader, writer, all };
  }

  const close = (code: number, maskingKey: number | undefined): Uint8Array =>
    encodeFrame({ opcode: 0x8, payload: Uint8Array.of(code >> 8, code & 0xff, 0x68, 0x69), maskingKey });

  it("rejects a write cut off by the peer's Close frame, and everything else, with the peer's code [R05]", async () => {
    const { writer, all, peer, wire, maskingKey } = await stuck();
    const written = watch(writer.write(new Uint8Array(large)));
    const queued = watch(writer.write("behind it"));
    await turn();
    wire.write([close(4567, maskingKey)]);
    await turn();
    expect([written.state, queued.state, all.closed.state]).toEqual(["pending", "pending", "pending"]);
    peer.resume();
    await until(() => all.closed.state !== "pending");
    await turn();
    const { error } = all.closed;
    expect(error).toBeInstanceOf(WebSocketError);
    expect(error).toMatchObject({ name: "WebSocketError", closeCode: 4567, reason: "hi" });
    expect((error as Error).message).toBe("The connection was closed before everything that was written had left.");
    for (const each of [written, queued, all.closed, all.writer, all.read]) {
      expect(each).toEqual({ state: "rejected", error });
    }
    await expect(writer.write("late")).rejects.toBe(error);
  });

  it("rejects a pending write when the transport is lost, or the peer breaks a rule [R05]", async () => {
    const ends: readonly (readonly [string, (opened: Opened) => void])[] = [
      ["cable cut", ({ wire }) => wire.lose(new Error("cable cut"))],
      ["The peer closed the transport without a Close frame.", ({ wire }) => wire.end()],
      ["opcode", ({ wire, maskingKey }) => wire.write([encodeFrame({ opcode: 0x3, maskingKey })])],
    ];
    for (const [message, end] of ends) {
      const opened = await stuck();
      const { writer, all, peer } = opened;
      const written = watch(writer.write(new Uint8Array(large)));
      await turn();
      end(opened);
      await turn();
      peer.resume();
      await until(() => all.closed.state !== "pending");
      await turn();
      expect((all.closed.error as Error).message).toContain(message);
      expect(all.closed.error).toMatchObject({ name: "WebSocketError", closeCode: 1006 });
      for (const each of [written, all.writer, all.read]) {
        expect(each).toEqual({ state: "rejected", error: all.closed.error });
      }
    }
  });

  it("rejects a pending write, and closed, when the peer's Close frame could not be replied to [R05] [R18]", async () => {
    const { writer, all, wire, maskingKey, world } = await stuck();
    const written = watch(writer.write(new Uint8Array(large)));
    await turn();
    wire.write([close(4567, maskingKey)]);
    await world.clock.advance(20_000);
    expect(all.closed.error).toMatchObject({ name: "WebSocketError", closeCode: 4567 });
    expect(written).toEqual({ state: "rejected", error: all.closed.error });
  });

  it("rejects a write after the peer's Close frame has arrived [R05]", async () => {
    const { writer, all, wire, maskingKey, peer } = await stuck();
    const written = watch(writer.write(new Uint8Array(1_000_000)));
    const late = watch(writer.write("late"));
    await turn();
    wire.write([close(4567, maskingKey)]);
    await turn();
    peer.resume();
    await until(() => all.closed.state !== "pending");
    await turn();
    expect(written.state).toBe("resolved");
    expect([all.closed.state, late.state]).toEqual(["rejected", "rejected"]);
    expect(late.error).toBe(all.closed.error);
    expect(late.error).toMatchObject({ name: "WebSocketError", closeCode: 4567 });
  });

  it("resolves a write that left before the reply to the peer's Close frame, and closed [R05]", async () => {
    const { writer, all, wire, maskingKey, peer } = await stuck();
    const written = watch(writer.write(new Uint8Array(1_000_000)));
    await turn();
    wire.write([close(4567, maskingKey)]);
    await turn();
    expect(written.state).toBe("pending");
    peer.resume();
    await until(() => all.closed.state !== "pending");
    await turn();
    expect([written.state, all.closed.state, all.read.state]).toEqual(["resolved", "resolved", "resolved"]);
    expect(all.writer).toMatchObject({ state: "rejected", error: { name: "InvalidStateError" } });
  });

  it("rejects close() of its writer, and closed, when the peer does not reply [R05]", async () => {
    const { writer, all, world } = await stuck();
    const written = watch(writer.write(new Uint8Array(large)));
    const ended = watch(writer.close());
    await world.clock.advance(20_000);
    expect(written.state).toBe("pending");
    world.near[0]?.lose(new Error("cable cut"));
    await until(() => all.closed.state !== "pending");
    await turn();
    for (const each of [written, ended, all.closed]) {
      expect(each).toMatchObject({ state: "rejected", error: { name: "WebSocketError", closeCode: 1006 } });
    }
  });

  it("resolves pending writes after close() when the peer reads all of them [R05]", async () => {
    const { writer, all, peer, stream } = await stuck();
    const written = watch(writer.write(new Uint8Array(large)));
    await turn();
    stream.close({ closeCode: 3000 });
    peer.resume();
    await until(() => all.closed.state !== "pending");
    await turn();
    expect([written.state, all.closed.state]).toEqual(["resolved", "resolved"]);
    expect(peer.statistics.messagesReceived).toBe(1);
  });

  it("begins to close when its writer is aborted during a pending write, which is rejected [R05]", async () => {
    const { writer, peer, all } = await stuck();
    const lines = story(peer);
    const written = watch(writer.write(new Uint8Array(large)));
    await turn();
    const reason = new WebSocketError("", { closeCode: 4321 });
    const aborted = watch(writer.abort(reason));
    await turn();
    expect(aborted.state).toBe("resolved");
    expect(written).toMatchObject({ state: "rejected", error: reason });
    await expect(writer.write("late")).rejects.toBe(reason);
    peer.resume();
    await until(() => all.closed.state !== "pending");
    await until(() => lines.some((line) => line.startsWith("close")));
    expect(lines.at(-1)).toBe("close 3 4321 clean");
  });
});

describe("a handler of a stream", () => {
  it("causes no error when it continues to write after its peer has closed [R01]", async () => {
    const errors: unknown[] = [];
    let isOver = false;
    const world = new World({
      server: { onError: (error) => errors.push(error) },
      handler: async (opening) => {
        const { writable } = await opening.acceptStream().opened;
        const writer = writable.getWriter();
        try {
          for (let count = 0; count < 1_000; count++) {
            await writer.write("tick");
            await turn();
          }
        } finally {
          isOver = true;
        }
      },
    });
    const client = new world.WebSocket("ws://example.com/");
    await until(() => client.readyState === 1);
    client.close(4000);
    await until(() => isOver && world.server.connections === 0);
    await turn();
    expect(errors).toEqual([]);
  });
});
