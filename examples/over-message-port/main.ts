/**
 * WebSocket between a program and its worker, over a MessagePort: the same code in Node, Deno and Bun, and with `new Worker(…)`
 * and `postMessage(port, [port])` in a page. Who has a server in a worker tests a client without a network, or keeps the work
 * of a protocol out of the page's thread: `npx pnpm example over-message-port/main.ts`.
 */
import { MessageChannel, Worker } from "node:worker_threads";
import { createWebSocketClass, fromMessagePort } from "@hybi/websocket";

const { port1: near, port2: far } = new MessageChannel();
const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: far, transferList: [far] });

const WebSocket = createWebSocketClass(() => fromMessagePort(near));
const socket = new WebSocket("ws://worker.local/");
socket.onopen = () => socket.send(new Uint8Array(1_000_000).fill(1));
socket.onmessage = ({ data }) => {
  console.log(data);
  // What the worker does not take ends the connection, and says why.
  socket.send("text");
};
socket.onclose = ({ code, reason, wasClean }) => {
  console.log(`closed: ${code} ${reason} ${wasClean ? "clean" : "not clean"}`);
  void worker.terminate();
};
