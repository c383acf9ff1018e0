/**
 * The cost of the parts of a server's opening handshake, on a browser's request: `tsx bench/micro/opening.ts`.
 *
 * CPU time of the whole process, which includes the garbage collector; the minimum of several rounds, which excludes
 * other processes.
 */
import { createHash } from "node:crypto";
import { HeadDecoder } from "../../packages/core/src/http/head-decoder.ts";
import { encodeResponseHead } from "../../packages/core/src/http/head-encoder.ts";
import { requestLine } from "../../packages/core/src/http/start-line.ts";
import { acceptValue } from "../../packages/core/src/opening/key.ts";
import { checkOpeningRequest } from "../../packages/core/src/opening/request.ts";
import { answerOpeningRequest, encodeAnswer } from "../../packages/core/src/opening/response.ts";
import { ServerHandshake } from "../../packages/core/src/opening/server-handshake.ts";
import { defaultLimits } from "../../packages/core/src/vocabulary/limits.ts";

const key = "dGhlIHNhbXBsZSBub25jZQ==";
const request = new TextEncoder().encode(
  [
    "GET /chat/room/42?token=abcdef0123456789abcdef012 HTTP/1.1",
    "Host: server.example.com:8080",
    "Connection: Upgrade",
    "Pragma: no-cache",
    "Cache-Control: no-cache",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Upgrade: websocket",
    "Origin: https://server.example.com",
    "Sec-WebSocket-Version: 13",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Accept-Language: en-US,en;q=0.9",
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=darker",
    `Sec-WebSocket-Key: ${key}`,
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    "",
    "",
  ].join("\r\n"),
);

let touched = 0;

function measure(name: string, task: () => number, turns = 20_000, rounds = 15): void {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage();
    for (let turn = 0; turn < turns; turn++) touched += task();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, ((user + system) * 1000) / turns);
  }
  console.log(`${name.padEnd(44)} ${least.toFixed(0).padStart(6)} ns`);
}

const decode = (): ReturnType<HeadDecoder<import("../../packages/core/src/http/head.ts").RequestHead>["receive"]> =>
  new HeadDecoder(requestLine, defaultLimits, []).receive(request, 0);
const step = decode();
if (step.type !== "head") throw new Error(step.type);
const check = checkOpeningRequest(step.head);
if (check.type !== "request") throw new Error(check.violation.code);
const accepted = answerOpeningRequest(check.request);

console.log(`${process.version}, a request of ${request.length} bytes`);
measure("Sec-WebSocket-Accept, portable", () => acceptValue(key).length);
measure("Sec-WebSocket-Accept, node:crypto createHash", () => {
  const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  return createHash("sha1").update(`${key}${guid}`).digest("base64").length;
});
measure("decode the head", () => decode().type.length);
measure("check the request", () => checkOpeningRequest(step.head).type.length);
measure("answer it", () => answerOpeningRequest(check.request).head.status);
measure("encode the response", () => encodeResponseHead(accepted.head).length);
measure("encode the response as the handshake does", () => encodeAnswer(key, accepted.agreement, {}).length);
measure("everything: receive, accept, takeOutput", () => {
  const server = new ServerHandshake();
  server.receive(request);
  server.accept();
  return server.takeOutput().length;
});
const bytes = Array.from(request, (byte) => Uint8Array.of(byte));
const trickled = (): number => {
  const server = new ServerHandshake();
  for (const byte of bytes) server.receive(byte);
  return server.accept().length;
};
measure("the same, one byte at a time", trickled, 1000);
if (touched === 0) throw new Error("Nothing was measured.");
