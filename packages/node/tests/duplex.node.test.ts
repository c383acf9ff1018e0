/** `toDuplex`: pipes over real sockets. */
import { once } from "node:events";
import { type Duplex, PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { connect, type WebSocket as Socket, toDuplex, WebSocket } from "@hybi/node";
import { describe, expect, it } from "vitest";
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
