/** Our own code in a browser: the core by itself, and our WebSocket over transports that a page has. */
import { Endpoint, type RandomSource } from "@hybi/core";
import { permessageDeflate } from "@hybi/permessage-deflate";
import {
  type ClientSocketOptions,
  createTransportPair,
  createWebSocketClass,
  fromMessagePort,
  fromStreams,
  type PortLike,
  type ServerOptions,
  type Transport,
  WebSocketServer,
} from "@hybi/websocket";
import * as fc from "fast-check";
import { isPattern, pattern } from "./pattern.ts";

const random: RandomSource = (target) => void crypto.getRandomValues(target as Uint8Array<ArrayBuffer>);
const extensions = [permessageDeflate({ threshold: 0 })];

const message = fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array({ maxLength: 300 }));

/** Serves the client behind `transport`: sends every message back. */
function serveEcho(transport: Transport, options: ServerOptions = {}): void {
  const server = new WebSocketServer(
    (opening) => {
      const socket = opening.accept();
      socket.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) => socket.send(data);
    },
    { extensions, ...options },
  );
  server.receive(transport);
}

/** Two endpoints, any messages, any chunks: messages arrive as sent, in order. @throws Error otherwise */
export function checkRoundTrip(seed: number): void {
  const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 40 }));
  const property = fc.property(
    fc.array(message, { maxLength: 20 }),
    cuts,
    fc.boolean(),
    (messages, sizes, compressed) => {
      const offered = compressed ? extensions : [];
      const client = Endpoint.client({ url: "ws://example.com/", random, extensions: offered });
      const server = Endpoint.server({ extensions: offered });
      const received: (string | Uint8Array)[] = [];
      carry(client, server, sizes, () => {});
      server.accept();
      carry(server, client, sizes, () => {});
      for (const one of messages) typeof one === "string" ? client.sendText(one) : client.sendBinary(one);
      carry(client, server, sizes, (one) => received.push(one));
      for (const one of received) typeof one === "string" ? server.sendText(one) : server.sendBinary(one);
      const returned: (string | Uint8Array)[] = [];
      carry(server, client, sizes, (one) => returned.push(one));
      if (String(returned.map(plain)) !== String(messages.map(plain)))
        throw new Error("the received messages differ from those sent");
    },
  );
  fc.assert(property, { seed, numRuns: 200 });
}

function carry(
  from: Endpoint,
  to: Endpoint,
  sizes: fc.Stream<number>,
  received: (message: string | Uint8Array) => void,
): void {
  for (const block of from.takeOutput()) {
    let at = 0;
    while (at < block.length) {
      const [size = 1] = sizes.take(1);
      // A copy, because the receiver unmasks in place.
      for (const event of to.receive(block.slice(at, at + size))) {
        if (event.type === "text" || event.type === "binary") received(event.data);
        if (event.type === "failure") throw new Error(event.violation.code);
      }
      at += size;
    }
  }
}

function plain(one: string | Uint8Array): string {
  return typeof one === "string" ? `text ${one}` : `binary ${[...one]}`;
}

/** Talks over an in-memory pair, also with functions of the platform passed in by the page. */
export async function talkOverPair(): Promise<string[]> {
  const { setTimeout, clearTimeout, queueMicrotask, reportError } = globalThis;
  const clock = { now: performance.now, setTimeout, clearTimeout: clearTimeout as never, defer: queueMicrotask };
  const results: string[] = [];
  for (const schedule of [undefined, queueMicrotask, setTimeout]) {
    const [near, far] = createTransportPair({ schedule });
    serveEcho(far, schedule && { runtime: { clock }, onError: reportError });
    results.push(await talk(() => near, schedule && { runtime: { clock, random: crypto.getRandomValues as never } }));
  }
  return results;
}

/** Runs a module. Rejects with what it throws. */
export async function runModule(code: string): Promise<void> {
  await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
}

/** Returns the handlers of a socket that are called, as often as they are. */
export function callsOfHandlers(): Promise<string[]> {
  const [near, far] = createTransportPair();
  serveEcho(far);
  const socket = new (createWebSocketClass(() => near))("ws://example.com/");
  const calls: string[] = [];
  return new Promise((resolve) => {
    socket.onopen = () => {
      calls.push("onopen");
      socket.send("hello");
    };
    socket.addEventListener("message", () => calls.push("listener"));
    socket.onmessage = () => {
      calls.push("onmessage");
      socket.close();
    };
    socket.onerror = () => calls.push("onerror");
    socket.onclose = () => {
      calls.push("onclose");
      // A second call would come in the same task.
      setTimeout(() => resolve(calls));
    };
  });
}

/** Talks over a pair of streams, whose other ends belong to a server in the same page. */
export function talkOverStreams(): Promise<string> {
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  serveEcho(fromStreams({ readable: there.readable, writable: back.writable }));
  return talk(() => fromStreams({ readable: back.readable, writable: there.writable }));
}

/** Talks over a port, whose other end is in a worker: another thread. */
export async function talkToWorker(script: string): Promise<string> {
  const worker = new Worker(script);
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2]);
  const result = await talk(() => fromMessagePort(port1 as PortLike));
  worker.terminate();
  return result;
}

/** The worker's side. */
export function serveInWorker(): void {
  globalThis.onmessage = ({ data }) => serveEcho(fromMessagePort(data as PortLike));
}

/** Exchanges messages between our WebSocket and an echo server; returns a summary. */
async function talk(connect: () => Transport, options: ClientSocketOptions = {}): Promise<string> {
  const OurWebSocket = createWebSocketClass(connect, { extensions, ...options });
  const socket = new OurWebSocket("ws://example.com/");
  socket.binaryType = "arraybuffer";
  const sent = ["", "Grüße 👋", pattern(1_000_000), "x".repeat(200_000)];
  const received: unknown[] = [];
  return new Promise((resolve) => {
    socket.onopen = () => {
      for (const one of sent) socket.send(one);
    };
    socket.onmessage = ({ data }) => {
      received.push(data instanceof ArrayBuffer ? isPattern(data, data.byteLength) && data.byteLength : data);
      if (received.length === sent.length) socket.close(4000, "bye");
    };
    socket.onclose = ({ code, wasClean }) => {
      const expected = sent.map((one) => (typeof one === "string" ? one : one.length));
      const same = String(received) === String(expected);
      resolve(`${socket.extensions.split(";")[0]} ${same ? "same" : "other"} ${code} ${wasClean}`);
    };
  });
}
