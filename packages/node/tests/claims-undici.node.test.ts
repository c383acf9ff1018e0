/**
 * What README.md and docs/design/vulnerabilities.md say about undici's WebSocket: bytes that a server sends, and what the client
 * makes of them. A test that fails says that the documents are to be changed, and `tooling/peers/peers.json`.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createSecureServer, type Http2ServerRequest } from "node:http2";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { upgradeStream } from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { hexBytes } from "@hybi/testing/wire";
import { describe, expect, it, onTestFinished } from "vitest";
import { isUndici8, undici } from "./support/undici.ts";

const deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

/** Opens undici's socket to a server that sends `bytes` behind its response; returns both ends. */
async function receive(bytes: Uint8Array, fields = ""): Promise<{ seen: unknown[]; wire: Socket }> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const connected = once(server, "connection") as Promise<[Socket]>;
  const socket = new undici.WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const seen: unknown[] = [];
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => seen.push(data));
  const [wire] = await connected;
  onTestFinished(() => {
    wire.destroy();
    server.close();
  });
  const [head] = (await once(wire, "data")) as [Buffer];
  const [, key] = /^sec-websocket-key: (.*)\r$/im.exec(head.toString("latin1")) ?? [];
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  wire.write(`${upgrade}Sec-WebSocket-Accept: ${accept}\r\n${fields}\r\n`);
  await once(socket as never, "open");
  wire.write(bytes);
  return { seen, wire };
}

/** Resolves with the opcode of the first frame that the client sends. */
async function firstOpcode(wire: Socket): Promise<number> {
  const [chunk] = (await once(wire, "data")) as [Buffer];
  return (chunk[0] ?? 0) & 0x0f;
}

const pong = 0xa;

describe("the WebSocket of undici, unlike ours", () => {
  it("accepts a length in more bytes than needed (RFC 6455 §5.2)", async () => {
    const { seen, wire } = await receive(hexBytes("81 7e 00 02 68 69  89 00"));
    expect(await firstOpcode(wire)).toBe(pong);
    expect(seen).toEqual(["hi"]);
  });

  it("finds text that is not UTF-8 at the end of the message only (RFC 6455 §8.1)", async () => {
    const { wire } = await receive(hexBytes("01 01 ff  89 00"));
    expect(await firstOpcode(wire)).toBe(pong);
  });

  it("accepts RSV1 on a Ping (V40)", async () => {
    const { wire } = await receive(hexBytes("c9 00"), deflate);
    expect(await firstOpcode(wire)).toBe(pong);
  });

  it("delivers the message after a block with BFINAL empty (V41)", async () => {
    // Twice "Hello", compressed into a final block (RFC 7692 §7.2.3.4).
    const message = "c1 08 f3 48 cd c9 c9 07 00 00";
    const { seen, wire } = await receive(hexBytes(`${message} ${message} 89 00`), deflate);
    expect(await firstOpcode(wire)).toBe(pong);
    expect(seen).toEqual(["Hello", ""]);
  });

  it("asks for Sec-WebSocket-Accept over HTTP/2 before version 8, and since then no longer (V47)", async () => {
    const echo = echoOverHttp2();
    await (isUndici8 ? expect(echo).resolves.toBe("hello") : expect(echo).rejects.toThrow("undici could not connect."));
  });
});

/** Resolves with what comes back to undici over HTTP/2; rejects when it does not open. */
async function echoOverHttp2(): Promise<unknown> {
  const credentials = await selfSigned();
  // Without a listener for requests, there is no event "connect".
  const server = createSecureServer({ ...credentials, settings: { enableConnectProtocol: true } }, () => {});
  server.on("connect", ({ stream, rawHeaders }: Http2ServerRequest) => {
    upgradeStream(stream, rawHeaders, (opening) => {
      const socket = opening.accept();
      socket.onmessage = ({ data }) => socket.send(data);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const dispatcher = new undici.Agent({ allowH2: true, connect: { ca: credentials.cert } });
  onTestFinished(async () => {
    await dispatcher.destroy();
    server.close();
  });
  const socket = new undici.WebSocket(`wss://127.0.0.1:${(server.address() as AddressInfo).port}/`, { dispatcher });
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", () => socket.send("hello"));
    socket.addEventListener("message", ({ data }) => resolve(data));
    socket.addEventListener("error", () => reject(new Error("undici could not connect.")));
  });
}
