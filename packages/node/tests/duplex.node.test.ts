/** `toDuplex`: pipes over real sockets. */
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { type Duplex, PassThrough, Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as turn } from "node:timers/promises";
import { connect, type WebSocket as Socket, toDuplex, WebSocket } from "@hybi/node";
import { describe, expect, it, vi } from "vitest";
import { openServer } from "./support/servers.ts";

/** A server whose next socket is a stream, and the URL of it. */
async function openDuplexServer(use: (stream: Duplex, socket: Socket) => void): Promise<string> {
  const { url } = await openServer((opening) => {
    const socket = opening.accept();
    use(toDuplex(socket), socket);
  });
  return url;
}

/** A promise with the function that resolves it; of Node 20 there is no such function. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((given) => {
    resolve = given;
  });
  return { promise, resolve };
}

const closeOf = async (socket: Socket): Promise<unknown[]> => {
  const [{ code, wasClean }] = (await once(socket, "close")) as [{ code: number; wasClean: boolean }];
  return [code, wasClean];
};

describe("toDuplex", () => {
  it("sends back text as text and bytes as bytes in a pipe, which ends with a clean close", async () => {
    const { promise, resolve } = withResolvers<Duplex>();
    const url = await openDuplexServer((stream) => {
      stream.pipe(stream);
      resolve(stream);
    });
    const socket = await connect(url, { binaryType: "bytes" });
    const stream = await promise;
    const ended = Promise.all([once(stream, "finish"), once(stream, "close")]);
    socket.send("grüße");
    socket.send(Uint8Array.of(0xff, 0));
    const echoes: unknown[] = [];
    for await (const data of socket) {
      echoes.push(data);
      if (echoes.length === 2) socket.close(1000);
    }
    expect(echoes).toEqual(["grüße", Uint8Array.of(0xff, 0)]);
    await ended;
    expect(stream.errored).toBeNull();
  });

  it("ends without an error when the client closes at once behind its message", async () => {
    const { promise, resolve } = withResolvers<Duplex>();
    const url = await openDuplexServer((stream) => {
      stream.pipe(stream);
      resolve(stream);
    });
    const socket = await connect(url);
    socket.send("x");
    socket.close(1000);
    const stream = await promise;
    await once(stream, "close");
    expect([stream.errored, stream.readableEnded, stream.writableFinished]).toEqual([null, true, true]);
  });

  const uses: Record<string, (stream: Duplex) => unknown> = {
    pipe: (stream) => stream.pipe(stream),
    "a pipe through a slow transform": (stream) => {
      const transform = (chunk: unknown, _: BufferEncoding, callback: (error: null, chunk: unknown) => void): void =>
        void setImmediate(callback, null, chunk);
      stream.pipe(new Transform({ objectMode: true, transform })).pipe(stream);
    },
    pipeline: (stream) => pipeline(stream, stream),
    "a pipeline with a generator": (stream) => pipeline(stream, (messages: AsyncIterable<unknown>) => messages, stream),
    "a pipeline with a slow generator": (stream) => {
      async function* answers(messages: AsyncIterable<unknown>): AsyncGenerator<unknown> {
        for await (const message of messages) {
          await turn();
          yield message;
        }
      }
      return pipeline(stream, answers, stream);
    },
    "a listener that writes": (stream) => stream.on("data", (data) => stream.write(data)),
    "a loop that writes": async (stream) => {
      for await (const data of stream) stream.write(data);
    },
  };

  it.each(Object.keys(uses).flatMap((name) => [2, 10, 1_000].map((count) => [name, count] as const)))(
    "ends %s without an error when the client sends %i messages and closes at once",
    async (name, count) => {
      const { promise, resolve } = withResolvers<[Duplex, unknown]>();
      // An error of the stream that nothing listens to would be uncaught, and fail this run.
      const url = await openDuplexServer((stream) => resolve([stream, uses[name]?.(stream)]));
      const socket = await connect(url);
      for (let at = 0; at < count; at++) socket.send(`m${at}`);
      const closed = closeOf(socket);
      socket.close(1000);
      const [stream, settled] = await promise;
      if (!stream.closed) await once(stream, "close");
      if (settled instanceof Promise) await settled;
      expect([stream.errored, stream.readableEnded]).toEqual([null, true]);
      expect(await closed).toEqual([1000, true]);
    },
  );

  it("sends the answers to what stands in front of a Close frame in the same chunk", async () => {
    const url = await openDuplexServer((stream) => void stream.pipe(stream));
    const { hostname, port } = new URL(url);
    const key = "dGhlIHNhbXBsZSBub25jZQ==";
    const tcp = connectTcp(Number(port), hostname);
    tcp.write(
      `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    await once(tcp, "data");
    // Three texts of one letter and Close 1000, masked with zeros.
    const text = (letter: string): string => `8181 00000000 ${Buffer.from(letter).toString("hex")}`;
    const close = "8882 00000000 03e8";
    tcp.write(Buffer.from([text("a"), text("b"), text("c"), close].join("").replaceAll(" ", ""), "hex"));
    const parts: Buffer[] = [];
    for await (const part of tcp) parts.push(part as Buffer);
    expect(Buffer.concat(parts).toString("hex")).toBe("810161810162810163880203e8");
  });

  it("breaks off a source without an end once the peer has closed, whether somebody reads or not", async () => {
    async function* feed(): AsyncGenerator<string> {
      for (;;) {
        await turn();
        yield "tick";
      }
    }
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      for (const isRead of [false, true]) {
        const { promise, resolve } = withResolvers<[Duplex, Promise<unknown>]>();
        const url = await openDuplexServer((stream) => {
          if (isRead) stream.resume();
          resolve([stream, pipeline(feed, stream).catch((error: unknown) => error)]);
        });
        const socket = await connect(url);
        const [stream, settled] = await promise;
        const closed = closeOf(socket);
        socket.close(1000);
        expect(await closed).toEqual([1000, true]);
        if (isRead && !stream.readableEnded) await once(stream, "end");
        // Some of what it writes comes too late.
        for (let turns = 0; turns < 50; turns++) await turn();
        expect(stream.destroyed).toBe(false);
        vi.advanceTimersByTime(10_000);
        expect(await settled).toMatchObject({
          code: expect.stringMatching(/^ERR_STREAM_(PREMATURE_CLOSE|DESTROYED)$/),
        });
        expect(stream.destroyed).toBe(true);
      }
    } finally {
      vi.useRealTimers();
    }
  });

  it("keeps what was received for who reads later, although something was written after a clean close", async () => {
    const { promise, resolve } = withResolvers<[Duplex, Socket]>();
    const url = await openDuplexServer((stream, socket) => resolve([stream, socket]));
    const client = await connect(url);
    const [stream, socket] = await promise;
    const closed = closeOf(socket);
    client.send("order 1");
    client.send("order 2");
    client.close(1000);
    await closed;
    stream.write("welcome");
    for (let turns = 0; turns < 50; turns++) await turn();
    const read: unknown[] = [];
    for await (const message of stream) read.push(message);
    expect(read).toEqual(["order 1", "order 2"]);
  });

  it.each([
    ["fails as the loss of a connection that is lost already", true],
    ["ends over a socket that is closed already", false],
  ] as const)("%s", async (_, isLost) => {
    const { promise, resolve } = withResolvers<Socket>();
    const { url } = await openServer((opening) => resolve(opening.accept()));
    const client = await connect(url);
    const socket = await promise;
    const closed = closeOf(socket);
    if (isLost) client.terminate();
    else client.close(1000);
    expect(await closed).toEqual([isLost ? 1006 : 1000, !isLost]);
    expect(socket.readyState).toBe(socket.CLOSED);
    const stream = toDuplex(socket);
    const settled = await pipeline(stream, new PassThrough().resume()).catch((error: unknown) => error);
    if (isLost) expect(settled).toMatchObject({ failure: { kind: "transport" } });
    else expect([settled, stream.readableEnded]).toEqual([undefined, true]);
    const again = toDuplex(socket);
    again.pipe(again);
    if (isLost) expect((await once(again, "error"))[0]).toMatchObject({ failure: { kind: "transport" } });
    else await once(again, "close");
  });

  it("reads what a loop has left over before it ends as the socket did", async () => {
    const { promise, resolve } = withResolvers<Socket>();
    const { url } = await openServer((opening) => resolve(opening.accept({ binaryType: "bytes" })));
    const client = await connect(url);
    const socket = await promise;
    const messages = socket.messages();
    const closed = closeOf(socket);
    for (const data of ["a", Uint8Array.of(1), "c"]) client.send(data);
    client.close(1000);
    expect((await messages.next()).value).toBe("a");
    await closed;
    const heard: unknown[] = [];
    for await (const data of toDuplex(socket)) heard.push(data);
    expect(heard).toEqual([Buffer.of(1), "c"]);
  });

  it("closes without a code at its end, after everything that was written", async () => {
    const url = await openDuplexServer((stream) => void pipeline(Readable.from(["a", Buffer.from("b"), "c"]), stream));
    const socket = await connect(url, { binaryType: "bytes" });
    const closed = closeOf(socket);
    const heard: unknown[] = [];
    for await (const data of socket) heard.push(data);
    expect(heard).toEqual(["a", new Uint8Array(Buffer.from("b")), "c"]);
    expect(await closed).toEqual([1005, true]);
  });

  it("fails a pipeline when the connection is lost, and says why", async () => {
    const { promise, resolve } = withResolvers<unknown>();
    const url = await openDuplexServer((stream) => {
      pipeline(stream, new PassThrough().resume()).then(resolve, resolve);
    });
    const socket = await connect(url);
    socket.send("x");
    socket.terminate();
    expect(await promise).toMatchObject({ message: expect.stringMatching(/./), failure: { kind: "transport" } });
  });

  it("drops the connection when it is destroyed before its end", async () => {
    const url = await openDuplexServer((stream) => void stream.destroy());
    const socket = await connect(url);
    expect(await closeOf(socket)).toEqual([1006, false]);
  });

  it("is destroyed when the application drops the socket itself", async () => {
    const { promise, resolve } = withResolvers<Error>();
    const url = await openDuplexServer((stream, socket) => {
      stream.on("error", resolve);
      stream.once("data", () => socket.terminate());
    });
    const socket = await connect(url);
    socket.send("now");
    await closeOf(socket);
    expect((await promise).message).toBe("The connection was given up.");
  });

  it("waits for a socket that is connecting, and fails as it does", async () => {
    const url = await openDuplexServer((stream) => void stream.pipe(stream));
    const stream = toDuplex(new WebSocket(url));
    stream.write("early");
    expect((await once(stream, "data"))[0]).toBe("early");
    stream.end();
    await once(stream, "close");
    expect(stream.errored).toBeNull();
    const refusing = await openServer((opening) => opening.reject({ status: 403 }));
    const refused = toDuplex(new WebSocket(refusing.url));
    expect((await once(refused, "error").catch((error: unknown) => [error]))[0]).toMatchObject({
      failure: { kind: "rejected" },
    });
  });

  it("writes strings in other encodings as the bytes that they stand for", async () => {
    const url = await openDuplexServer((stream) => {
      stream.write("ff00", "hex");
      stream.write("text", "UTF-8" as BufferEncoding);
      stream.end();
    });
    const socket = await connect(url, { binaryType: "bytes" });
    const heard: unknown[] = [];
    for await (const data of socket) heard.push(data);
    expect(heard).toEqual([Uint8Array.of(0xff, 0), "text"]);
  });

  it("stops reading while nobody reads, and loses nothing", async () => {
    const { promise, resolve } = withResolvers<[Duplex, Socket]>();
    const url = await openDuplexServer((stream, socket) => resolve([stream, socket]));
    const client = await connect(url);
    const [stream, socket] = await promise;
    const count = 200;
    const part = new Uint8Array(65_536);
    const sending = (async () => {
      for (let at = 0; at < count; at++) {
        part[0] = at;
        await client.sendAndWait(part);
      }
      client.close(1000);
    })();
    await once(stream, "readable");
    expect(socket.isPaused).toBe(true);
    expect(stream.readableLength).toBeLessThan(count);
    const first: number[] = [];
    for await (const chunk of stream) first.push((chunk as Buffer).readUInt8(0));
    expect(first).toEqual(Array.from({ length: count }, (_, at) => at));
    await sending;
  });
});
