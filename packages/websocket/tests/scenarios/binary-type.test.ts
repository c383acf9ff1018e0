/** The form in which binary messages are delivered: an option of the server, of `accept`, and of a client. */
import { encodeFrame } from "@hybi/core/frame";
import type { Fields } from "@hybi/core/opening";
import { concatBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import type { BinaryType } from "../../src/dom/message-data.ts";
import type { ConnectStream } from "../../src/server/pending-connect.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { openByHand } from "../support/by-hand.ts";
import { TestClock, turn, until } from "../support/clock.ts";
import { World } from "../support/link.ts";

const extendedConnect: Fields = [
  [":method", "CONNECT"],
  [":protocol", "websocket"],
  [":scheme", "https"],
  [":path", "/"],
  [":authority", "example.com"],
  ["sec-websocket-version", "13"],
];

/** Resolves with the class name of the next message's data. */
async function nextKind(socket: WebSocket): Promise<string> {
  const { data } = await new Promise<{ data: unknown }>((resolve) =>
    socket.addEventListener("message", resolve, { once: true }),
  );
  return Object.prototype.toString.call(data).slice(8, -1);
}

/** Returns how a server that accepts with `answer` delivers text and bytes. */
async function kinds(options: { server?: BinaryType; answer?: BinaryType }): Promise<string[]> {
  const accepted: WebSocket[] = [];
  const world = new World({
    server: { binaryType: options.server },
    handler: (opening) => accepted.push(opening.accept({ binaryType: options.answer })),
  });
  const client = new world.WebSocket("ws://example.com/");
  await until(() => client.readyState === 1 && accepted.length === 1);
  const [socket] = accepted as [WebSocket];
  const told: string[] = [socket.binaryType];
  for (const data of ["text", Uint8Array.of(1, 2, 3)]) {
    const kind = nextKind(socket);
    client.send(data);
    told.push(await kind);
  }
  return told;
}

describe("the binaryType of an accepted socket", () => {
  it("is arraybuffer by default; accept overrides the server's option [R33]", async () => {
    const buffer = ["arraybuffer", "String", "ArrayBuffer"];
    const blob = ["blob", "String", "Blob"];
    expect(await kinds({})).toEqual(buffer);
    expect(await kinds({ server: "blob" })).toEqual(blob);
    expect(await kinds({ answer: "blob" })).toEqual(blob);
    expect(await kinds({ server: "blob", answer: "arraybuffer" })).toEqual(buffer);
    expect(await kinds({ server: "arraybuffer", answer: "blob" })).toEqual(blob);
    expect(await kinds({ server: "bytes" })).toEqual(["bytes", "String", "Uint8Array"]);
  });

  it("may be changed while the socket is open, as on the web platform [R33]", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    for (const [binaryType, expected] of [
      ["blob", "Blob"],
      ["bytes", "Uint8Array"],
    ] as const) {
      server.binaryType = binaryType;
      const kind = nextKind(server);
      client.send(new Uint8Array(1));
      expect(await kind).toBe(expected);
    }
  });

  it("also applies to messages taken by a loop [R33]", async () => {
    for (const [binaryType, made] of [
      [undefined, ArrayBuffer],
      ["blob", Blob],
      ["bytes", Uint8Array],
    ] as const) {
      const world = new World({ server: { binaryType } });
      const { client, server } = await world.connected();
      const loop = server[Symbol.asyncIterator]();
      client.send(Uint8Array.of(7));
      const { value } = await loop.next();
      expect(value).toBeInstanceOf(made);
    }
  });

  it("lets one line of code echo text and bytes [R33]", async () => {
    const world = new World({
      client: { binaryType: "arraybuffer" },
      handler(opening) {
        const socket = opening.accept();
        socket.onmessage = ({ data }) => socket.send(data);
      },
    });
    const client = new world.WebSocket("ws://example.com/");
    const echoes: unknown[] = [];
    client.onmessage = ({ data }) => echoes.push(data instanceof ArrayBuffer ? [...new Uint8Array(data)] : data);
    client.onopen = () => {
      client.send("text");
      client.send(Uint8Array.of(1, 2, 3));
      client.send(new Uint8Array(0));
    };
    await until(() => echoes.length === 3);
    expect(echoes).toEqual(["text", [1, 2, 3], []]);
  });

  it("is the same over HTTP/2 [R33]", async () => {
    for (const [server, answer, expected] of [
      [undefined, undefined, "arraybuffer"],
      ["blob", undefined, "blob"],
      ["blob", "arraybuffer", "arraybuffer"],
      [undefined, "bytes", "bytes"],
    ] as const) {
      const accepted: WebSocket[] = [];
      const [, far] = createTransportPair();
      const stream: ConnectStream = { accept: () => far, reject() {}, abort() {}, onLost: undefined };
      const sockets = new WebSocketServer((opening) => accepted.push(opening.accept({ binaryType: answer })), {
        runtime: { clock: new TestClock() },
        binaryType: server,
      });
      sockets.receiveStream(stream, extendedConnect);
      expect(accepted.map(({ binaryType }) => binaryType)).toEqual([expected]);
    }
  });

  it("does not apply to streams, whose chunks are Uint8Arrays [R33]", async () => {
    const chunks: unknown[] = [];
    const world = new World({
      server: { binaryType: "blob" },
      async handler(opening) {
        const { readable } = await opening.acceptStream().opened;
        for await (const chunk of readable as unknown as AsyncIterable<unknown>) chunks.push(chunk);
      },
    });
    const client = new world.WebSocket("ws://example.com/");
    client.onopen = () => client.send(Uint8Array.of(1));
    await until(() => chunks.length === 1);
    expect(chunks).toEqual([Uint8Array.of(1)]);
  });
});

describe("the binaryType of a client", () => {
  it("is blob by default, as on the web platform, unless an option overrides it [R33]", async () => {
    const world = new World();
    for (const [binaryType, expected] of [
      [undefined, "Blob"],
      ["blob", "Blob"],
      ["arraybuffer", "ArrayBuffer"],
      ["bytes", "Uint8Array"],
    ] as const) {
      const { client, server } = await world.connected({ binaryType });
      const kind = nextKind(client);
      server.send(Uint8Array.of(1, 2));
      expect(await kind).toBe(expected);
    }
  });

  it("applies to messages that arrive with the server's response [R33]", async () => {
    const world = new World({ handler: (opening) => opening.accept().send(Uint8Array.of(1)) });
    const client = new world.WebSocket("ws://example.com/", { binaryType: "arraybuffer" });
    expect(await nextKind(client)).toBe("ArrayBuffer");
  });
});

describe("the binaryType bytes", () => {
  it("delivers views of the chunk that has arrived, and copies nothing [R33]", async () => {
    const told: Uint8Array[] = [];
    const server = new WebSocketServer((opening) => {
      opening.accept({ binaryType: "bytes" }).onmessage = ({ data }) => told.push(data as Uint8Array);
    });
    const client = await openByHand(server);
    const lengths = [0, 3, 64, 65, 1000];
    const frames = lengths.map((length) =>
      encodeFrame({ opcode: 2, payload: new Uint8Array(length).fill(length), maskingKey: 0x01020304 }),
    );
    client.write([concatBytes(frames)]);
    await until(() => told.length === lengths.length);
    expect(told).toEqual(lengths.map((length) => new Uint8Array(length).fill(length)));
    expect(new Set(told.map((data) => data.buffer)).size).toBe(1);
    client.abort();
  });

  it("copies a message that is less than half of a chunk of more than 64 KiB, which it would keep in memory [R33]", async () => {
    const told: Uint8Array[] = [];
    const server = new WebSocketServer((opening) => {
      opening.accept({ binaryType: "bytes" }).onmessage = ({ data }) => told.push(data as Uint8Array);
    });
    const client = await openByHand(server);
    const lengths = [200, 100_000, 300];
    const frames = lengths.map((length) =>
      encodeFrame({ opcode: 2, payload: new Uint8Array(length).fill(7), maskingKey: 0x01020304 }),
    );
    const chunk = concatBytes(frames);
    client.write([chunk]);
    await until(() => told.length === lengths.length);
    expect(told).toEqual(lengths.map((length) => new Uint8Array(length).fill(7)));
    expect(told.map(({ buffer }) => buffer.byteLength)).toEqual([200, chunk.length, 300]);
    client.abort();
  });

  it("gives the bytes to the application, which may change and keep them [R33]", async () => {
    const { client, server } = await new World({ server: { binaryType: "bytes" } }).connected();
    const told: Uint8Array[] = [];
    const kept: number[][] = [];
    server.onmessage = ({ data }) => {
      const bytes = data as Uint8Array;
      kept.push([...bytes]);
      bytes.fill(0xff);
      told.push(bytes);
    };
    const sent = [[1, 2, 3], [], [4, 5], Array.from({ length: 300 }, (_, at) => at & 0x7f)];
    for (const bytes of sent) client.send(Uint8Array.from(bytes));
    await until(() => told.length === 4);
    expect(kept).toEqual(sent);
    client.send(new Uint8Array(400));
    await until(() => told.length === 5);
    // Nothing that came later has changed what was kept.
    for (const bytes of told) expect(bytes.every((byte) => byte === 0xff)).toBe(true);
  });

  it("gives what has been put together, of several chunks or fragments, the whole of one array [R33]", async () => {
    const world = new World({ server: { binaryType: "bytes" }, pair: { chunkSize: 1_000 } });
    const { client, server } = await world.connected();
    const told: Uint8Array[] = [];
    server.onmessage = ({ data }) => told.push(data as Uint8Array);
    client.send(Uint8Array.from({ length: 100_000 }, (_, at) => at & 0xff));
    await until(() => told.length === 1);
    const [bytes] = told as [Uint8Array];
    expect(bytes.buffer.byteLength).toBe(100_000);
    expect(bytes.every((byte, at) => byte === (at & 0xff))).toBe(true);
  });

  it("copies what waits for a listener or a loop, which is counted, so that it keeps no chunk [R33]", async () => {
    const { client, server } = await new World({ server: { binaryType: "bytes" } }).connected();
    client.send(new Uint8Array(50_000));
    client.send(Uint8Array.of(1, 2, 3));
    await turn();
    const lengths: number[] = [];
    for await (const data of server) {
      lengths.push((data as Uint8Array).buffer.byteLength);
      if (lengths.length === 2) break;
    }
    expect(lengths).toEqual([50_000, 3]);
  });

  it("gives a loop and a listener of one message the same bytes [R33]", async () => {
    const { client, server } = await new World({ server: { binaryType: "bytes" } }).connected();
    const told: Uint8Array[] = [];
    server.onmessage = ({ data }) => told.push(data as Uint8Array);
    const loop = server[Symbol.asyncIterator]();
    for (const bytes of [[1, 2], [3]]) client.send(Uint8Array.from(bytes));
    await until(() => told.length === 2);
    // A transferred buffer is empty for the loop as well.
    structuredClone(0, { transfer: [(told[1] as Uint8Array).buffer as ArrayBuffer] });
    expect((await loop.next()).value).toEqual(Uint8Array.of(1, 2));
    expect((await loop.next()).value).toEqual(new Uint8Array(0));
  });

  it("lets one line of code echo bytes [R33]", async () => {
    const { client, server } = await new World({ server: { binaryType: "bytes" } }).connected({ binaryType: "bytes" });
    server.onmessage = ({ data }) => server.send(data);
    const echoes: number[][] = [];
    client.onmessage = ({ data }) => echoes.push([...(data as Uint8Array)]);
    for (const bytes of [[1, 2, 3], [], [4]]) client.send(Uint8Array.from(bytes));
    await until(() => echoes.length === 3);
    expect(echoes).toEqual([[1, 2, 3], [], [4]]);
  });
});

describe("an invalid binaryType", () => {
  const wrong = ["text", "ArrayBuffer", "uint8array", "Bytes", "", null, 1, true, {}, ["blob"]];

  it("causes a usage error that names the option where it is given [R33]", async () => {
    for (const value of wrong) {
      const binaryType = value as "blob";
      const usageError = expect.objectContaining({
        name: "UsageError",
        code: "option/range",
        message: expect.stringContaining("binaryType"),
      });
      expect(() => new WebSocketServer(() => {}, { binaryType })).toThrow(usageError);
      const world = new World();
      expect(() => new world.WebSocket("ws://example.com/", { binaryType })).toThrow(usageError);
      expect(world.near).toEqual([]);
    }
  });

  it("leaves the request pending, so that it can still be accepted [R33]", async () => {
    const codes: unknown[] = [];
    const accepted: WebSocket[] = [];
    const world = new World({
      handler(opening) {
        try {
          opening.accept({ binaryType: "text" as "blob" });
        } catch (error) {
          codes.push((error as { code?: unknown }).code);
        }
        accepted.push(opening.accept());
      },
    });
    const client = new world.WebSocket("ws://example.com/");
    await until(() => client.readyState === 1);
    expect(codes).toEqual(["option/range"]);
    expect(accepted.map(({ binaryType }) => binaryType)).toEqual(["arraybuffer"]);
    expect(world.server.sockets.size).toBe(1);
  });
});
