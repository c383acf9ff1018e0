/** Whose memory it is that is sent, and what the callbacks of `send` say. */
import { Blob } from "node:buffer";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { framesFrom, readFrames } from "@hybi/testing/wire";
import { WebSocket } from "@hybi/ws";
import { describe, expect, it } from "vitest";
import { open, serve } from "./support/servers.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** A stream that keeps what is written, and takes more when it is told to. */
class Recorder extends Duplex {
  readonly written: Uint8Array[] = [];
  isStuck = true;
  #taken: (() => void) | undefined;

  override _read(): void {}
  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.written.push(new Uint8Array(chunk));
    if (this.isStuck) this.#taken = done;
    else done();
  }
  goOn(): void {
    this.isStuck = false;
    this.#taken?.();
  }
}

const compressions = [false, { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true }] as const;
const sizes = [3, 3000, 5000, 70_000];
const forms = [true, false].flatMap((binary) => sizes.map((size) => ({ binary, size })));

describe.each(compressions)("memory that is sent, with perMessageDeflate %j,", (perMessageDeflate) => {
  it.each(forms)("and changed when send has returned, is sent as it was: %j", async ({ binary, size }) => {
    const { server, url } = await serve({ perMessageDeflate }, () => {});
    const connection = once(server, "connection");
    const client = await open(url, { perMessageDeflate });
    const [accepted] = await connection;
    for (const [from, to] of [
      [client, accepted],
      [accepted, client],
    ]) {
      const heard: string[] = [];
      to.on("message", (data: Buffer) => heard.push(`${data.length} ${data.subarray(0, 1)}${data.subarray(-1)}`));
      const data = Buffer.alloc(size);
      for (const letter of "ABC") {
        data.fill(letter);
        from.send(data, { binary });
      }
      // Behind a Blob, too.
      from.send(new Blob(["blob"]));
      for (const letter of "DE") {
        data.fill(letter);
        from.send(data, { binary });
      }
      from.ping(data.fill("F").subarray(0, 3));
      data.fill("X");
      expect(String((await once(to, "ping"))[0])).toBe("FFF");
      while (heard.length < 6) await once(to, "message");
      expect(heard).toEqual(["AA", "BB", "CC", "bb", "DD", "EE"].map((ends) => `${ends === "bb" ? 4 : size} ${ends}`));
    }
  });

  it.each(forms)("also that of a message, within its listener: %j", async ({ binary, size }) => {
    const { server, url } = await serve({ perMessageDeflate }, (socket) => {
      socket.on("message", (data: Buffer) => {
        for (const client of server.clients) client.send(data, { binary });
        data.fill("B");
        for (const client of server.clients) client.send(data.subarray(0), { binary });
        data.fill("C");
      });
    });
    const first = await open(url, { perMessageDeflate });
    const clients = [first, await open(url, { perMessageDeflate })];
    const heard = clients.map((client) => {
      const list: string[] = [];
      return new Promise<string[]>((resolve) => {
        client.on("message", (data: Buffer) => {
          list.push(`${data.length} ${data[0] === data.at(-1)} ${data.subarray(0, 1)}`);
          if (list.length === 2) resolve(list);
        });
      });
    });
    first.send(Buffer.alloc(size, "A"), { binary });
    const expected = [`${size} true A`, `${size} true B`];
    expect(await Promise.all(heard)).toEqual([expected, expected]);
  });
});

it("the memory of the last message is not kept", async () => {
  const { server, url } = await serve({}, () => {});
  const connection = once(server, "connection");
  const client = await open(url);
  const [accepted] = await connection;
  const memory = new Promise<WeakRef<ArrayBufferLike>>((resolve) => {
    accepted.on("message", (data: Buffer) => resolve(new WeakRef(data.buffer)));
  });
  client.send(Buffer.alloc(70_000));
  const last = await memory;
  for (let count = 0; count < 3; count++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    collectGarbage();
  }
  expect(last.deref()).toBe(undefined);
});

describe("callbacks", () => {
  it("compress a text from the threshold on, which is in bytes and not in chars", async () => {
    const perMessageDeflate = { serverNoContextTakeover: true, clientNoContextTakeover: true };
    const { url } = await serve({ perMessageDeflate }, () => {});
    const socket = await open(url, { perMessageDeflate });
    const lengths: boolean[] = [];
    for (const text of ["\ud55c".repeat(400), "a".repeat(1023), "a".repeat(1024)]) {
      const written = (): number => socket._socket?.bytesWritten ?? 0;
      const before = written();
      await new Promise((resolve) => socket.send(text, resolve));
      lengths.push(written() - before < 500);
    }
    expect(lengths).toEqual([true, false, true]);
  });

  it("behind Blobs run in order, also those that are sent meanwhile", async () => {
    const { server, url } = await serve({}, () => {});
    const connection = once(server, "connection");
    const socket = await open(url);
    const [peer] = await connection;
    const received: string[] = [];
    peer.on("message", (data: Buffer) => received.push(String(data)));
    for (let round = 0; round < 5; round++) {
      socket.send(new Blob([`blob ${round}`]), () => socket.send(`from the callback ${round}`));
      socket.send(`text ${round}`);
    }
    for (let turns = 0; turns < 2000 && received.length < 15; turns++) await new Promise(setImmediate);
    const rounds = [0, 1, 2, 3, 4];
    expect(received.filter((text) => !text.startsWith("from"))).toEqual(
      rounds.flatMap((round) => [`blob ${round}`, `text ${round}`]),
    );
    expect(received.filter((text) => text.startsWith("from")).length).toBe(5);
  });

  it.each([false, true])(
    "say of a Ping and a Pong that they have left only when they have, behind a message: %s",
    async (isBehind) => {
      for (const end of ["leaves", "is lost"]) {
        const stream = new Recorder();
        const socket = new WebSocket(null);
        socket.setSocket(stream, Buffer.alloc(0));
        socket.on("error", () => {});
        const outcomes: string[] = [];
        const note = (what: string) => (error?: Error) => outcomes.push(`${what} ${error === undefined}`);
        if (isBehind) socket.send("message", note("message"));
        socket.ping("a", undefined, note("ping"));
        socket.pong("b", undefined, note("pong"));
        for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
        expect(outcomes).toEqual([]);
        if (end === "leaves") stream.goOn();
        else stream.destroy(new Error("lost"));
        for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
        const hasLeft = end === "leaves";
        expect(outcomes).toEqual(
          [...(isBehind ? ["message"] : []), "ping", "pong"].map((what) => `${what} ${hasLeft}`),
        );
        socket.terminate();
      }
    },
  );

  it.each([
    ["a Close frame", framesFrom("client", { opcode: "close" })],
    ["a frame that breaks a rule", framesFrom("client", { opcode: "text", payload: "", rsv: 7 } as never)],
  ])("say of each message whether it has left, though %s drops some", async (_what, frames) => {
    const stream = new Recorder();
    const socket = new WebSocket(null);
    socket.setSocket(stream, Buffer.alloc(0));
    socket.on("error", () => {});
    const outcomes: string[] = [];
    const note = (error?: Error): void => void outcomes.push(error === undefined ? "left" : "lost");
    // In flight, and then more than the megabyte that may precede the Close frame, whose length is that of some of them.
    const sent = 220_000;
    socket.send(Buffer.alloc(10_000));
    for (let count = 0; count < sent; count++) socket.send("abc", note);
    stream.push(Buffer.from(frames));
    await once(stream, "data");
    stream.goOn();
    // What may leave does so in a few turns.
    for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate);
    stream.push(null);
    stream.destroy();
    await once(socket, "close");
    const left = readFrames(new Uint8Array(Buffer.concat(stream.written))).filter(({ opcode }) => opcode === 1).length;
    expect([left > 0 && left < sent, outcomes.length]).toEqual([true, sent]);
    expect(outcomes.filter((outcome) => outcome === "left").length).toBe(left);
    expect(outcomes).toEqual(outcomes.toSorted());
  });

  it("say that a compressed message has left when it has, and not when all have", async () => {
    const { url } = await serve({ perMessageDeflate: true }, (socket) => socket.pause());
    const socket = await open(url);
    const left = new Promise((resolve) => socket.send(Buffer.alloc(4_000_000), resolve));
    const noise = Buffer.alloc(65_536);
    for (let at = 0; at < noise.length; at++) noise[at] = (at * at * 7919) >> 5;
    for (let count = 0; count < 500; count++) socket.send(noise, { compress: false });
    expect(await left).toBe(undefined);
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    socket.terminate();
  });

  it.each([false, true])(
    "of parts come before the end of their message, perMessageDeflate: %s",
    async (perMessageDeflate) => {
      const { server, url } = await serve({ perMessageDeflate }, () => {});
      const connection = once(server, "connection");
      const socket = await open(url, { perMessageDeflate });
      const message = once((await connection)[0], "message");
      for (const part of ["a", "b"]) {
        expect(await new Promise((resolve) => socket.send(part, { fin: false }, resolve))).toBe(undefined);
        expect(await new Promise((resolve) => socket.ping("", undefined, resolve as never))).toBe(undefined);
      }
      const order: unknown[] = [];
      socket.send("c", { fin: false }, (error) => order.push("c", error));
      socket.send("d", (error) => order.push("d", error));
      await new Promise((resolve) => socket.send("e", resolve));
      expect(order).toEqual(["c", undefined, "d", undefined]);
      expect(String((await message)[0])).toBe("abcd");
    },
  );

  it("of parts that were cut off are told so, and of those before that they have left", async () => {
    const { url } = await serve();
    const socket = await open(url);
    const called = new Promise((resolve) => socket.send("a", { fin: false }, resolve));
    socket.close(1000);
    expect(await called).toBe(undefined);
    const stream = new Recorder();
    const stuck = new WebSocket(null);
    stuck.setSocket(stream, Buffer.alloc(0));
    const outcomes: unknown[] = [];
    for (let count = 0; count < 3; count++) stuck.send("part", { fin: false }, (error) => outcomes.push(typeof error));
    stuck.close(1000);
    stream.destroy();
    await once(stuck, "close");
    expect(outcomes).toEqual(["object", "object", "object"]);
  });
});
