/**
 * The cost of a server's openings on a browser's request: first the parts of the handshake in core, then openings and closings
 * as a whole, through `listen`'s server, the pump, `ws` and a canned response. Run it bundled, as it is published:
 *
 *     npx pnpm exec esbuild bench/micro/opening.ts --bundle --format=esm --platform=node --conditions=@hybi/source \
 *       --external:ws --outfile=bench/dist/opening.mjs
 *     node --expose-gc --min-semi-space-size=128 --max-semi-space-size=128 bench/dist/opening.mjs
 *
 * The flags let nothing be collected while garbage is counted; without them only times are printed, which then include the
 * collector at its usual settings. Times are CPU time of the whole process; the minimum of several rounds, which excludes other
 * processes. The whole is without system calls: over sockets of node:net whose handle is a stub.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { Socket } from "node:net";
import { Endpoint, ServerConfig } from "@hybi/core";
import { NodeTransport, nodeClock, nodeFunctions, WebSocketServer } from "@hybi/node";
import { Pump, type PumpListener, silentListener } from "@hybi/websocket";
import { WebSocketServer as WsServer } from "ws";
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

// Openings and closings as a whole

/** Stands for the TCP handle of a socket: takes everything that is written at once. */
class StubHandle {
  written = 0;
  readonly isStreamBase = false;
  readStart(): number {
    return 0;
  }
  readStop(): number {
    return 0;
  }
  setNoDelay(): number {
    return 0;
  }
  getpeername(out: Record<string, unknown>): number {
    Object.assign(out, { address: "127.0.0.1", port: 50_000, family: "IPv4" });
    return 0;
  }
  writeBuffer(request: { async: boolean } | null, bytes: Uint8Array): number {
    return this.#write(request, bytes.length);
  }
  writeUtf8String(request: { async: boolean } | null, text: string): number {
    return this.#write(request, text.length);
  }
  writeLatin1String(request: { async: boolean } | null, text: string): number {
    return this.#write(request, text.length);
  }
  shutdown(request: { oncomplete(status: number): void }): number {
    setImmediate(() => request.oncomplete(0));
    return 0;
  }
  close(done: () => void): void {
    setImmediate(() => done.call(this));
  }
  #write(request: { async: boolean } | null, length: number): number {
    this.written += length;
    if (request !== null) request.async = false;
    return 0;
  }
}

const config = ServerConfig.of({ native: nodeFunctions });
const ours = new WebSocketServer(
  (opening) => {
    const socket = opening.accept();
    socket.onmessage = ({ data }) => socket.send(data);
  },
  { origins: ["https://server.example.com"] },
);
const http = createServer();
new WsServer({ server: http, perMessageDeflate: false }).on("connection", (socket) => {
  socket.on("message", (data) => socket.send(data));
});
const canned = encodeResponseHead(accepted.head);

const subjects: Readonly<Record<string, (socket: Socket) => void>> = {
  "TCP, a canned response": (socket) => {
    socket.on("data", () => socket.write(canned));
    socket.on("end", () => socket.end());
  },
  ws: (socket) => http.emit("connection", socket),
  pump: (socket) => {
    let pump: Pump | undefined;
    const listener: PumpListener = { ...silentListener, request: () => pump?.accept() };
    pump = new Pump({
      endpoint: Endpoint.server(config),
      transport: new NodeTransport(socket),
      listener,
      clock: nodeClock,
    });
    pump.start();
  },
  listen: (socket) => {
    const { remoteAddress } = socket;
    ours.receive(new NodeTransport(socket), { secure: false, remoteAddress });
  },
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const perBatch = 100;

async function openBatch(begin: (socket: Socket) => void): Promise<readonly Socket[]> {
  const handles = Array.from({ length: perBatch }, () => new StubHandle());
  const sockets = handles.map((handle) => new Socket({ handle, allowHalfOpen: true } as object));
  for (const socket of sockets) begin(socket);
  await turn();
  for (const socket of sockets) socket.push(Buffer.from(request));
  await turn();
  await turn();
  if (handles.some(({ written }) => written < 100)) throw new Error("A request was not answered.");
  return sockets;
}

/** The peers close their halves without a Close frame, as most clients leave. */
async function closeBatch(sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.push(null);
  for (let turns = 0; turns < 4; turns++) await turn();
  if (sockets.some(({ destroyed }) => !destroyed)) throw new Error("A socket is still open.");
}

interface Costs {
  readonly open: number[];
  readonly close: number[];
}

async function costsOf(begin: (socket: Socket) => void, read: () => number, rounds: number): Promise<Costs> {
  const costs: Costs = { open: [], close: [] };
  for (let round = 0; round < rounds; round++) {
    const start = read();
    const sockets = await openBatch(begin);
    const opened = read();
    await closeBatch(sockets);
    costs.open.push((opened - start) / perBatch);
    costs.close.push((read() - opened) / perBatch);
  }
  return costs;
}

function microseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const heapUsed = (): number => process.memoryUsage().heapUsed;

/** The median, because the collector is a part of the time, and bytes vary with what V8 compiles. */
function middle(costs: readonly number[]): number {
  return [...costs].sort((a, b) => a - b)[costs.length >> 1] as number;
}

console.log(`\n${"".padEnd(28)} ${"opening".padStart(18)} ${"closing".padStart(18)}`);
for (const [title, begin] of Object.entries(subjects)) {
  await costsOf(begin, microseconds, 100);
  const times = await costsOf(begin, microseconds, 200);
  globalThis.gc?.();
  const bytes = globalThis.gc === undefined ? undefined : await costsOf(begin, heapUsed, 40);
  const cell = (time: readonly number[], garbage: readonly number[] | undefined): string =>
    `${middle(time).toFixed(1)} µs ${garbage === undefined ? "" : `${middle(garbage).toFixed(0)} B`.padStart(9)}`.padStart(
      18,
    );
  console.log(`${title.padEnd(28)} ${cell(times.open, bytes?.open)} ${cell(times.close, bytes?.close)}`);
}
process.exit();
