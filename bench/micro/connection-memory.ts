/**
 * Bytes of heap of one open, idle server connection, part by part, without a socket. Run it bundled, because tsx gives
 * every function a property with its name, which takes 256 bytes:
 *
 *     npx pnpm exec esbuild bench/micro/connection-memory.ts --bundle --format=esm --platform=node --conditions=@hybi/source \
 *       | node --expose-gc --input-type=module
 *
 * Each row includes the row before it.
 */
import { Endpoint, ServerConfig } from "@hybi/core";
import { nodeClock, nodeFunctions } from "@hybi/node";
import { Pump, type PumpListener, type Transport, type TransportSink, WebSocketServer } from "@hybi/websocket";
import { Deadlines } from "../../packages/core/src/time/deadlines.ts";

const request = new TextEncoder().encode(
  [
    "GET /room/1234?token=abcdef HTTP/1.1",
    "Host: server.example.com",
    "Connection: Upgrade",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Upgrade: websocket",
    "Origin: https://server.example.com",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "",
    "",
  ].join("\r\n"),
);

/** Delivers only the request, and discards what is written. */
class DeadTransport implements Transport {
  sink: TransportSink | undefined;
  start(sink: TransportSink): void {
    this.sink = sink;
    sink.data(request.slice());
  }
  write(): void {
    this.sink?.drain();
  }
  end(): void {}
  abort(): void {}
  pause(): void {}
  resume(): void {}
}

class Accepting implements PumpListener {
  pump: Pump | undefined;
  request(): void {
    this.pump?.accept();
  }
  open(): void {}
  rejection(): void {}
  text(): void {}
  binary(): void {}
  piece(): void {}
  ping(): void {}
  pong(): void {}
  close(): void {}
  failure(): void {}
  end(): void {}
  flushed(): void {}
}

const limits = { message: 1_000_000 };
const config = ServerConfig.of({ native: nodeFunctions, limits });
const serverOptions = { limits, runtime: { native: nodeFunctions, clock: nodeClock } };

function openEndpoint(): Endpoint {
  const endpoint = Endpoint.server(config);
  endpoint.receive(request.slice());
  endpoint.accept();
  endpoint.takeOutput();
  return endpoint;
}

const server = new WebSocketServer((opening) => {
  const socket = opening.accept();
  socket.onmessage = ({ data }) => socket.send(data);
}, serverOptions);
const bareServer = new WebSocketServer((opening) => opening.accept(), serverOptions);

const rows: Readonly<Record<string, () => unknown>> = {
  "endpoint, open": openEndpoint,
  "endpoint and deadlines": () => {
    const endpoint = openEndpoint();
    const deadlines = new Deadlines(endpoint);
    deadlines.observe(0);
    return [endpoint, deadlines];
  },
  "pump over it": () => {
    const listener = new Accepting();
    const transport = new DeadTransport();
    const pump = new Pump({ endpoint: Endpoint.server(config), transport, listener, clock: nodeClock });
    listener.pump = pump;
    pump.start();
    return pump;
  },
  "WebSocket of a server": () => {
    const transport = new DeadTransport();
    bareServer.receive(transport);
    return transport;
  },
  "WebSocket with onmessage": () => {
    const transport = new DeadTransport();
    server.receive(transport);
    return transport;
  },
};

const count = 2000;

async function heap(): Promise<number> {
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

for (const [title, make] of Object.entries(rows)) {
  for (let index = 0; index < 300; index++) make();
  const held: unknown[] = new Array(count).fill(undefined);
  const before = await heap();
  for (let index = 0; index < count; index++) held[index] = make();
  const after = await heap();
  if (held.length !== count) throw new Error("The connections were collected.");
  console.log(
    `${title.padEnd(28)} ${Math.round((after - before) / count)
      .toLocaleString("en-US")
      .padStart(8)} B`,
  );
}
process.exit();
