/**
 * A process with an echo server of one step over sockets that make no system call, so that what is left is the work of the program
 * and of the streams of Node. Each message comes alone in its read, and all that was deferred is done before the next.
 */
import type { IncomingMessage } from "node:http";
import * as ws from "ws";
import { BareServer } from "../bare/server.ts";
import { SilentSocket } from "../in-process/silent-socket.ts";
import { cpuTime, nextTurn } from "../task.ts";
import { encodeFrame } from "../wire.ts";
import { ladderServer } from "./server.ts";

const connections = 32;
/** Messages of a pass, or openings. */
const perPass = 4096;
const openingsPerPass = 1024;

const [name, kind] = process.argv.slice(2) as [string, "text" | "binary" | "opening"];
const head = {
  ...{ upgrade: "websocket", connection: "Upgrade", host: "chat.example.com" },
  ...{ "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
};
const fields = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
const payload = new Uint8Array(64).fill(0x61);
const request = `GET / HTTP/1.1\r\n${fields.join("")}\r\n`;
const frame = encodeFrame(kind === "text" ? 0x81 : 0x82, payload, true, 0);

function accepting(): (socket: SilentSocket) => void {
  if (name === "raw") return (socket) => void socket.on("data", (chunk) => socket.write(chunk));
  if (name === "ws") return acceptWs();
  if (name !== "bare") return ladderServer(name, 0);
  const server = new BareServer({ binaryType: "bytes", ping: 0 }, (connection) => {
    connection.onmessage = ({ data }) => connection.send(data);
  });
  return (socket) => server.accept(socket);
}

function acceptWs(): (socket: SilentSocket) => void {
  const server = new ws.WebSocketServer({ noServer: true });
  const upgrade = { method: "GET", url: "/", headers: head } as unknown as IncomingMessage;
  return (socket) =>
    server.handleUpgrade(upgrade, socket, Buffer.alloc(0), (accepted) => {
      accepted.on("message", (data, binary) => accepted.send(data, { binary }));
    });
}

/** Returns a Buffer as a read of a socket makes it: with memory of its own. */
function read(): Buffer {
  const buffer = Buffer.allocUnsafeSlow(frame.length);
  buffer.set(frame);
  return buffer;
}

async function open(): Promise<readonly SilentSocket[]> {
  const accept = accepting();
  const sockets = Array.from({ length: connections }, () => new SilentSocket());
  for (const socket of sockets) {
    accept(socket);
    if (name !== "ws" && name !== "raw") socket.push(Buffer.from(request));
  }
  await nextTurn();
  await nextTurn();
  return sockets;
}

/** Returns nanoseconds of CPU time per echo. */
async function pass(sockets: readonly SilentSocket[]): Promise<number> {
  const written = (): number => sockets.reduce((sum, socket) => sum + socket.written, 0);
  const before = written();
  const start = cpuTime();
  for (let sent = 0; sent < perPass; sent += connections) {
    // Node does what was deferred after each of these tasks, as it does after each read.
    for (const socket of sockets) setImmediate(() => socket.push(read()));
    await nextTurn();
  }
  const spent = cpuTime() - start;
  await nextTurn();
  if (written() - before < perPass * payload.length) throw new Error("Not every message came back.");
  return (spent * 1000) / perPass;
}

/** Returns nanoseconds of CPU time per opening, from an accepted socket to its loss. */
async function openingPass(): Promise<number> {
  const accept = accepting();
  const start = cpuTime();
  for (let opened = 0; opened < openingsPerPass; opened += connections) {
    const sockets = Array.from({ length: connections }, () => new SilentSocket());
    for (const socket of sockets) setImmediate(() => accept(socket));
    await nextTurn();
    for (const socket of sockets) setImmediate(() => socket.push(Buffer.from(request)));
    await nextTurn();
    if (sockets.some(({ written }) => written === 0)) throw new Error("Not every request was answered.");
    for (const socket of sockets) setImmediate(() => socket.destroy());
    await nextTurn();
  }
  return ((cpuTime() - start) * 1000) / openingsPerPass;
}

const sockets = kind === "opening" ? [] : await open();
process.on("message", () => {
  (kind === "opening" ? openingPass() : pass(sockets)).then(
    (nanoseconds) => process.send?.(nanoseconds),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
