import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { encodeMessage } from "../wire.ts";
import { connectBare } from "./client.ts";
import { type BareBinaryType, BareConnection } from "./connection.ts";
import { BareServer } from "./server.ts";

/** Lengths on both sides of each form of the header (RFC 6455 §5.2), of copying and of several reads. */
const lengths = [0, 1, 125, 126, 4096, 4097, 65_535, 65_536, 1_000_000];

async function echoServer(binaryType: BareBinaryType): Promise<{ url: string; close: () => void }> {
  const bare = new BareServer({ binaryType, ping: 0 }, (connection) => {
    connection.onmessage = ({ data }) => connection.send(data);
  });
  const server = createServer({ allowHalfOpen: true }, (socket) => bare.accept(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

describe("BareServer", () => {
  it.each(["bytes", "arraybuffer"] as const)("echoes what a client of ws sends, with %s", async (binaryType) => {
    const { url, close } = await echoServer(binaryType);
    const client = new WebSocket(url);
    await once(client, "open");
    const received: (string | Buffer)[] = [];
    const sent = lengths.flatMap((length) => [
      "é".repeat(length / 2),
      "x".repeat(length),
      Buffer.alloc(length, length),
    ]);
    const all = new Promise<void>((resolve) => {
      client.on("message", (data: Buffer, isBinary) => {
        received.push(isBinary ? data : data.toString());
        if (received.length === sent.length) resolve();
      });
    });
    for (const message of sent) client.send(message);
    await all;
    expect(received.every((message, index) => Buffer.from(message).equals(Buffer.from(sent[index] as string)))).toBe(
      true,
    );
    expect(received.map((message) => typeof message)).toEqual(sent.map((message) => typeof message));
    client.close();
    close();
  });
});

describe("connectBare", () => {
  it("exchanges texts and binaries with a server", async () => {
    const { url, close } = await echoServer("bytes");
    const client = await connectBare(url, "bytes");
    for (const length of lengths) {
      for (const data of ["x".repeat(length), new Uint8Array(length).fill(length)]) {
        const echo = new Promise((resolve) => {
          client.onmessage = (event) => resolve(event.data);
        });
        client.send(data);
        expect(Buffer.compare(Buffer.from((await echo) as string), Buffer.from(data as string))).toBe(0);
      }
    }
    client.socket.destroy();
    close();
  });
});

describe("BareConnection", () => {
  it("reads messages that come byte by byte", () => {
    const socket = { on: () => {}, write: () => {}, writableCorked: 0, writableLength: 0 };
    const connection = new BareConnection(socket as never, false, "bytes");
    const received: unknown[] = [];
    connection.onmessage = ({ data }) =>
      void received.push(typeof data === "string" ? data : [...(data as Uint8Array)]);
    const payload = Uint8Array.from({ length: 200 }, (_, index) => index & 0x7f);
    const frames = (["text", "binary"] as const).map((kind, serial) => encodeMessage({ kind, payload }, true, serial));
    for (const byte of Buffer.concat(frames)) connection.receive(Buffer.of(byte));
    expect(received).toEqual([Buffer.from(payload).toString(), [...payload]]);
  });
});
