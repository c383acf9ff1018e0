/**
 * The cost of a message above the frame layer, without a socket: the pump and the WebSocket interface, over a transport
 * that discards its output. `tsx --conditions=@hybi/source bench/micro/turn.ts`; `node --cpu-prof` shows where time goes.
 */
import { nodeClock, nodeFunctions } from "@hybi/node";
import { type Transport, type TransportSink, WebSocketServer } from "@hybi/websocket";
import { echo } from "../../examples/echo/echo.ts";
import { encodeFrame } from "../wire.ts";

const request = new TextEncoder().encode(
  "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
);

/** Accepts everything at once. */
class NowhereTransport implements Transport {
  sink!: TransportSink;
  written = 0;
  start(sink: TransportSink): void {
    this.sink = sink;
  }
  write(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) this.written += chunk.length;
    this.sink.drain();
  }
  end(): void {}
  abort(): void {}
  pause(): void {}
  resume(): void {}
}

const runtime = { native: nodeFunctions, clock: nodeClock };
const server = new WebSocketServer(
  (opening) => {
    const socket = opening.accept();
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => socket.send(data);
  },
  { runtime },
);

const subjects: Readonly<Record<string, (transport: Transport) => void>> = {
  pump: (transport) => echo(transport, { port: 0, tls: undefined, maxMessage: 1 << 26, extensions: [] }, runtime),
  WebSocket: (transport) => server.receive(transport),
};

const kinds = { binary: 0x82, text: 0x81 };

async function measure(title: string, depth: number, length: number, kind: keyof typeof kinds): Promise<void> {
  const transport = new NowhereTransport();
  subjects[title]?.(transport);
  transport.sink.data(request.slice());
  await new Promise((resolve) => setImmediate(resolve));
  const frames = Array.from({ length: depth }, (_, serial) =>
    encodeFrame(kinds[kind], new Uint8Array(length).fill(0x61), true, serial),
  );
  const chunk = new Uint8Array(Buffer.concat(frames));
  const turns = Math.ceil(60_000 / depth);
  const costs: number[] = [];
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  for (let round = 0; round < 12; round++) {
    const copies = Array.from({ length: turns }, () => chunk.slice());
    const before = transport.written;
    const start = process.cpuUsage();
    for (const copy of copies) {
      // As a socket in Node does.
      transport.sink.data(copy, true);
      await turn();
    }
    const { user, system } = process.cpuUsage(start);
    const empty = process.cpuUsage();
    for (const _ of copies) await turn();
    const nothing = process.cpuUsage(empty);
    if (transport.written - before < turns * depth * length) throw new Error("Not everything came back.");
    costs.push(((user + system - nothing.user - nothing.system) * 1000) / turns / depth);
  }
  costs.sort((a, b) => a - b);
  console.log(
    `${title.padEnd(10)} ${String(depth).padStart(3)} × ${length} B ${kind.padEnd(7)} ${(costs[3] as number).toFixed(0).padStart(7)} ns`,
  );
}

const only = process.argv[2];
for (const title of Object.keys(subjects)) {
  if (only !== undefined && only !== title) continue;
  await measure(title, 64, 64, "binary");
  await measure(title, 64, 64, "text");
  await measure(title, 1, 64, "binary");
  await measure(title, 1, 64, "text");
  await measure(title, 8, 1024, "binary");
}
process.exit();
