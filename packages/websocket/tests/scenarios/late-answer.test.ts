/** Accepting or rejecting a request after its client has left, or after the server itself has responded. */

import { prepareText } from "@hybi/core";
import type { Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { whenOpen } from "../../src/client/when-open.ts";
import type { OpeningError } from "../../src/failure/opening-error.ts";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import type { ConnectStream } from "../../src/server/pending-connect.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { silentSink } from "../support/by-hand.ts";
import { turn, until } from "../support/clock.ts";
import { clientRequest } from "../support/http.ts";
import { story, World } from "../support/link.ts";

const extendedConnect: Fields = [
  [":method", "CONNECT"],
  [":protocol", "websocket"],
  [":scheme", "https"],
  [":path", "/"],
  [":authority", "example.com"],
  ["sec-websocket-version", "13"],
];

type Ending = (world: World) => void | Promise<void>;

/** What ends an HTTP/1.1 request while its handler is pending. */
const endings: readonly (readonly [name: string, Ending])[] = [
  ["the client has aborted the transport", ({ near }) => near[0]?.abort()],
  ["the transport was lost", ({ near }) => near[0]?.lose(new Error("cut"))],
  ["the opening deadline has passed", ({ clock }) => clock.advance(10_000)],
  ["the server has been closed and responded with 503", ({ server }) => void server.close()],
];

/** Returns a world in which one client has sent a request that the handler has not responded to. */
async function asked(): Promise<{ world: World; opening: IncomingOpening }> {
  const openings: IncomingOpening[] = [];
  const world = new World({ handler: (opening) => new Promise(() => openings.push(opening)) });
  const [near, far] = createTransportPair();
  world.near.push(near);
  near.start(silentSink);
  world.server.receive(far);
  near.write([clientRequest("/")]);
  await until(() => openings.length === 1);
  return { world, opening: openings[0] as IncomingOpening };
}

/** Everything that an application may do with a socket that it believes to be open. */
function use(socket: WebSocket): void {
  socket.binaryType = "arraybuffer";
  socket.send("text");
  socket.send(Uint8Array.of(1, 2, 3));
  socket.send(new Blob(["blob"]));
  socket.sendPrepared(prepareText("prepared"));
  socket.ping(Uint8Array.of(1));
  socket.pong();
  socket.pause();
  socket.resume();
  void socket.statistics;
  void socket.extensions;
}

describe.each(endings)("a request that is accepted or rejected when %s", (_, end) => {
  it("returns a socket that is CLOSING at once, discards what is sent, and ends with 1006 [R01]", async () => {
    const { world, opening } = await asked();
    await end(world);
    await turn();
    const socket = opening.accept();
    expect(socket.readyState).toBe(2);
    const events = story(socket);
    use(socket);
    expect(socket.bufferedAmount).toBe(4 + 3 + 4 + 8);
    expect(events).toEqual([]);
    await turn();
    expect(events.map((line) => line.slice(0, 7))).toEqual(["error 3", "close 3"]);
    expect(events[1]).toBe("close 3 1006 unclean");
    use(socket);
    expect(world.server.sockets.size).toBe(0);
    expect(world.clock.reported).toEqual([]);
  });

  it("may be closed, terminated, or read in a loop, which throws as for any other loss [R01]", async () => {
    for (const act of [(socket: WebSocket) => socket.close(1000, "done"), (socket: WebSocket) => socket.terminate()]) {
      const { world, opening } = await asked();
      await end(world);
      await turn();
      const socket = opening.accept();
      const loop = (async () => {
        for await (const _ of socket);
      })();
      act(socket);
      await expect(loop).rejects.toMatchObject({ name: "WebSocketError", closeCode: 1006 });
      expect(socket.readyState).toBe(3);
    }
  });

  it("returns a stream whose promises reject [R01]", async () => {
    const { world, opening } = await asked();
    await end(world);
    await turn();
    const stream = opening.acceptStream();
    stream.close();
    await expect(stream.opened).rejects.toMatchObject({ name: "WebSocketError", closeCode: 1006 });
    await expect(stream.closed).rejects.toMatchObject({ name: "WebSocketError", closeCode: 1006 });
  });

  it("may be rejected, which does nothing [R01]", async () => {
    const { world, opening } = await asked();
    await end(world);
    await turn();
    opening.reject({ status: 403 });
    expect(() => opening.reject({ status: 403 })).toThrow(/no opening request to answer/);
    expect(() => opening.accept()).toThrow(/no opening request to answer/);
  });

  it("causes no error in a handler that awaits its stream [R01]", async () => {
    let answer!: () => void;
    const world = new World({
      handler: async (opening) => {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        await opening.acceptStream().opened;
      },
    });
    const [near, far] = createTransportPair();
    world.near.push(near);
    near.start(silentSink);
    world.server.receive(far);
    near.write([clientRequest("/")]);
    await until(() => answer !== undefined);
    await end(world);
    await turn();
    answer();
    await turn();
    expect(world.clock.reported).toEqual([]);
  });
});

describe.each<readonly [string, Ending]>([
  ["the client has ended its half", ({ near }) => near[0]?.end()],
  [
    "the client has sent more than it may before the response",
    async ({ near }) => {
      near[0]?.write([new Uint8Array(70_000)]);
      await turn();
    },
  ],
])("a request that is accepted when %s", (_, end) => {
  it("returns a socket that never throws, and ends with 1006 [R01]", async () => {
    const { world, opening } = await asked();
    await end(world);
    await turn();
    const socket = opening.accept();
    expect(socket.readyState).not.toBe(0);
    const events = story(socket);
    use(socket);
    world.near[0]?.abort();
    await until(() => socket.readyState === 3);
    expect(events.at(-1)).toMatch(/^close 3 1006/);
    use(socket);
    expect(world.clock.reported).toEqual([]);
  });
});

describe("a handler that returns before it responds", () => {
  it("gets an error when it responds late, with the status the client received; nothing else would reveal it [R01]", async () => {
    for (const how of ["accept", "acceptStream", "reject"] as const) {
      const openings: IncomingOpening[] = [];
      const errors: unknown[] = [];
      const world = new World({
        server: { onError: (error) => errors.push(error) },
        handler: (opening) => void openings.push(opening),
      });
      const refused = await whenOpen(new world.WebSocket("ws://example.com/")).catch((error: OpeningError) => error);
      expect(refused).toMatchObject({ failure: { kind: "rejected", response: { status: 404 } } });
      expect(errors).toEqual([]);
      const [opening] = openings as [IncomingOpening];
      if (how === "reject") opening.reject({ status: 403 });
      else if (how === "accept") expect(opening.accept().readyState).toBe(2);
      else opening.acceptStream().opened.catch(() => {});
      expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("rejected with 404") })]);
      await turn();
      expect(world.server.connections).toBe(0);
    }
  });
});

describe("a peer that does not read", () => {
  it("makes no command of the application throw, however much is queued for it [R01]", async () => {
    const world = new World({ server: { limits: { queuedOutput: 1_000 } } });
    const { client, server } = await world.connected();
    client.pause();
    world.near[0]?.pause();
    await turn();
    server.send("x".repeat(300_000));
    server.ping();
    server.pong(Uint8Array.of(1));
    expect(server.readyState).toBe(1);
    use(server);
    expect(server.readyState).toBe(2);
    await until(() => server.readyState === 3);
    expect(world.clock.reported).toEqual([]);
  });
});

class SilentStream implements ConnectStream {
  onLost: (() => void) | undefined;
  readonly calls: string[] = [];

  accept(): never {
    throw new Error("a request was accepted that is over");
  }
  reject({ status }: { status: number }): void {
    this.calls.push(`reject ${status}`);
  }
  abort(): void {
    this.calls.push("abort");
  }
}

describe.each<[name: string, end: (world: World, stream: SilentStream) => void | Promise<void>, calls: string[]]>([
  ["the client has reset the stream", (_, stream) => stream.onLost?.(), []],
  ["the server has been closed and responded with 503", ({ server }) => void server.close(), ["reject 503"]],
  ["the opening deadline has passed", ({ clock }) => clock.advance(10_000), ["reject 503"]],
  [
    "the server has aborted it",
    async ({ server, clock }) => {
      void server.close({ timeout: 1 });
      await clock.advance(1);
    },
    ["reject 503"],
  ],
])("an Extended CONNECT that is accepted or rejected when %s", (_, end, calls) => {
  it.each([
    ["accept", (opening: IncomingOpening) => use(opening.accept())],
    ["acceptStream", (opening: IncomingOpening) => opening.acceptStream()],
    ["reject", (opening: IncomingOpening) => opening.reject({ status: 403 })],
  ] as const)("does nothing on %s, and an accepted socket then ends with 1006 [R02]", async (name, answer) => {
    const openings: IncomingOpening[] = [];
    const world = new World({ handler: (opening) => new Promise(() => openings.push(opening)) });
    const stream = new SilentStream();
    world.server.receiveStream(stream, extendedConnect);
    await until(() => openings.length === 1);
    await end(world, stream);
    await turn();
    const [opening] = openings as [IncomingOpening];
    if (name === "accept") {
      const socket = opening.accept();
      const events = story(socket);
      use(socket);
      expect(socket.readyState).toBe(2);
      await turn();
      expect(events.at(-1)).toBe("close 3 1006 unclean");
    } else {
      answer(opening);
    }
    await turn();
    expect(stream.calls).toEqual(calls);
    expect(() => answer(opening)).toThrow(/no opening request to answer/);
    expect(world.server.connections).toBe(0);
    expect(world.clock.reported).toEqual([]);
  });
});
