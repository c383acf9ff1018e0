/** Prints the weights as JSON: the program that `main.ts` bundles and runs with fixed flags. */
import { encodeFrame } from "../../bench/wire.ts";
import { copiedBy } from "./copies.ts";
import { bytesOf, heldBy, objectsOf } from "./heap.ts";
import {
  broadcast,
  broadcastReceivers,
  type CountingTransport,
  endTurn,
  openEndpoint,
  openPump,
  openSocket,
  openUsedEndpoint,
  type Use,
} from "./world.ts";

const weights: Record<string, number> = {};

/** Messages of a chunk, their length, and chunks of a measurement. */
const depth = 64;
const length = 64;
const chunks = 200;

const firstBytes = { text: 0x81, binary: 0x82 };
type Kind = keyof typeof firstBytes;

function framesOf(kind: Kind, count: number, length: number): Uint8Array {
  const payload = new Uint8Array(length).fill(0x61);
  const frames = Array.from({ length: count }, (_, serial) => encodeFrame(firstBytes[kind], payload, true, serial));
  return new Uint8Array(Buffer.concat(frames));
}

const openers: Readonly<Record<string, (use: Use) => CountingTransport>> = {
  pump: openPump,
  WebSocket: (use) => openSocket(use).transport,
  "WebSocket, ArrayBuffer": (use) => openSocket(use, "arraybuffer").transport,
};

async function weighMessages(): Promise<void> {
  for (const [layer, open] of Object.entries(openers)) {
    for (const kind of layer.endsWith("ArrayBuffer") ? (["binary"] as const) : (["text", "binary"] as const)) {
      for (const use of ["received", "echoed"] as const) {
        for (const count of use === "echoed" ? [1, depth] : [depth]) {
          const transport = open(use);
          const chunk = framesOf(kind, count, length);
          const bytes = await bytesOf(chunks, () => transport.deliver(chunk.slice()));
          // The chunk itself is the transport's.
          const own = bytes - (await bytesOf(chunks, () => chunk.slice()));
          weights[`${layer}: garbage of a ${kind} message ${use}, ${count} in a chunk, B`] = own / count;
        }
      }
    }
  }
}

async function weighConnections(): Promise<void> {
  const things = { endpoint: openEndpoint, pump: () => openPump(), WebSocket: () => openSocket() };
  for (const [layer, open] of Object.entries(things)) {
    weights[`${layer}: idle connection, B`] = await heldBy(200, open);
    weights[`${layer}: idle connection, objects`] = await objectsOf(100, open);
  }
  weights["endpoint: after a message and a Ping, B"] = await heldBy(200, openUsedEndpoint);
}

const closeFrame = encodeFrame(0x88, Uint8Array.of(0x03, 0xe8), true, 1);

async function weighOpenings(): Promise<void> {
  const close = (transport: CountingTransport): void => {
    transport.deliver(closeFrame.slice());
    transport.sink.end();
    transport.sink.close();
    endTurn();
  };
  weights["pump: opening and closing, B"] = await bytesOf(200, () => close(openPump()));
  weights["WebSocket: opening and closing, B"] = await bytesOf(200, () => close(openSocket().transport));
}

async function weighWaiting(): Promise<void> {
  const size = 5000;
  weights[`WebSocket: text of ${size} chars that waits, B`] = await heldBy(100, (index) => {
    const { transport, socket } = waitingSockets[index] ?? openStuck(index);
    socket.send(String(index).padStart(size, "x"));
    endTurn();
    return transport;
  });
}

const waitingSockets: ReturnType<typeof openSocket>[] = [];

/** Opens a socket whose peer has stopped reading. */
function openStuck(index: number): ReturnType<typeof openSocket> {
  const opened = openSocket();
  opened.transport.isStuck = true;
  opened.socket.send("x");
  endTurn();
  waitingSockets[index] = opened;
  return opened;
}

function countWrites(): void {
  const writesOf = (transport: CountingTransport, task: () => void): number => {
    const before = transport.writes;
    task();
    return transport.writes - before;
  };
  for (const [layer, open] of Object.entries(openers)) {
    const transport = open("echoed");
    const chunk = framesOf("text", depth, length);
    weights[`${layer}: writes for an echo of ${depth} in a chunk`] = writesOf(transport, () =>
      transport.deliver(chunk.slice()),
    );
  }
  const { transport, socket } = openSocket();
  weights["WebSocket: writes for 3 messages sent in a turn"] = writesOf(transport, () => {
    for (const text of ["one", "two", "three"]) socket.send(text);
    endTurn();
  });
}

function countCopies(): void {
  const size = 16_384;
  const times = (title: string, task: () => void, divisor = size): void => {
    weights[title] = copiedBy(task) / divisor;
  };
  const whole = framesOf("binary", 1, size);
  const parts = Array.from(
    { length: Math.ceil(whole.length / 1460) },
    (_, index) => new Uint8Array(Buffer.from(whole.subarray(index * 1460, (index + 1) * 1460))),
  );
  for (const [layer, open] of Object.entries(openers)) {
    const [receiving, joining, echoing] = [open("received"), open("received"), open("echoed")];
    const [chunk, echoed] = [whole.slice(), whole.slice()];
    const cut = parts.map((part) => part.slice());
    times(`${layer}: copies of 16 KiB received in one chunk`, () => receiving.deliver(chunk));
    times(`${layer}: copies of 16 KiB received in chunks of 1460 B`, () => {
      for (const part of cut) joining.deliver(part);
    });
    times(`${layer}: copies of 16 KiB echoed`, () => echoing.deliver(echoed));
  }
  for (let index = 0; index < 10; index++) openSocket();
  const text = "x".repeat(200);
  const title = "WebSocket: copies of 200 B in a broadcast, per receiver";
  times(title, () => broadcast(text), 200 * broadcastReceivers());
}

countWrites();
countCopies();
// Connections come first: a heap snapshot takes longer the more code has been run.
await weighConnections();
await weighWaiting();
await weighOpenings();
await weighMessages();
const rounded = Object.entries(weights).map(([name, value]) => [name, Number(value.toPrecision(4))]);
console.log(
  JSON.stringify({ weights: Object.fromEntries(rounded), major: Number.parseInt(process.versions.node, 10) }),
);
process.exit();
