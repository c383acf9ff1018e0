/** The form in which binary messages are delivered: an option of the server, of `accept`, and of a client. */
import type { Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import type { BinaryType } from "../../src/dom/message-data.ts";
import type { ConnectStream } from "../../src/server/pending-connect.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { TestClock, until } from "../support/clock.ts";
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
  });

  it("may be changed while the socket is open, as on the web platform [R33]", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    server.binaryType = "blob";
    const kind = nextKind(server);
    client.send(new Uint8Array(1));
    expect(await kind).toBe("Blob");
  });

  it("also applies to messages taken by a loop [R33]", async () => {
    for (const [binaryType, made] of [
      [undefined, ArrayBuffer],
      ["blob", Blob],
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

describe("an invalid binaryType", () => {
  const wrong = ["text", "ArrayBuffer", "uint8array", "", null, 1, true, {}, ["blob"]];

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
