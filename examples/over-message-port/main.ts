/**
 * WebSocket between a program and its worker, over a MessagePort: the same code in Node, Deno and Bun, and with `new
 * Worker(…)` and `postMessage(port, [port])` in a page. A server in a worker lets you test a client without a network, or
 * keep the work of a protocol out of the page's thread: `npx pnpm example over-message-port/main.ts`.
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
  // A message that the worker does not accept ends the connection, with a reason.
  socket.send("text");
};
socket.onclose = ({ code, reason, wasClean }) => {
  console.log(`closed: ${code} ${reason} ${wasClean ? "clean" : "not clean"}`);
  void worker.terminate();
};
