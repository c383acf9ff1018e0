/** What an idle accepted socket holds in memory, counted by heap statistics. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { WebSocketServer } from "../../src/server/server.ts";
import type { Transport, TransportSink } from "../../src/transport/transport.ts";
import { TestClock, turn } from "../support/clock.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const path = `/a/path?with=${"q".repeat(4_000)}`;
const head = [
  `GET ${path} HTTP/1.1`,
  "Host: server.example.com",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  `User-Agent: ${"x".repeat(6_000)}`,
];
const request = new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`);

/** Delivers the request, and discards what is written. */
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

async function heap(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    gc();
    await turn();
  }
  return process.memoryUsage().heapUsed;
}

it("an idle accepted socket holds nothing of its opening request but the URL, which it shares with the one before", async () => {
  const urls: string[] = [];
  const server = new WebSocketServer(
    (opening) => {
      const socket = opening.accept();
      socket.onmessage = ({ data }) => socket.send(data);
      urls[0] = socket.url;
    },
    { runtime: { clock: new TestClock() } },
  );
  const count = 300;
  /** What a socket of each batch holds. The first batch warms up; what Node compiles meanwhile may spoil one of the others. */
  const held: number[] = [];
  for (let batch = 0; batch < 4; batch++) {
    const transports = Array.from({ length: count }, () => new DeadTransport());
    const before = await heap();
    for (const transport of transports) server.receive(transport);
    held.push(((await heap()) - before) / count);
  }
  expect(urls).toEqual([`ws://server.example.com${path}`]);
  expect(server.connections).toBe(4 * count);
  const median = held.slice(1).sort((one, other) => one - other)[1];
  expect(median).toBeLessThan(4_000);
});
