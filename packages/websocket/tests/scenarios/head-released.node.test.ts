/** An open connection keeps nothing of its opening request beside its URL: the texts of a head are parts of one string. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { WebSocketServer } from "../../src/server/server.ts";
import type { Transport, TransportSink } from "../../src/transport/transport.ts";
import { TestClock, turn } from "../support/clock.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

class OpenedTransport implements Transport {
  readonly #request: string;
  #sink: TransportSink | undefined;

  constructor(request: string) {
    this.#request = request;
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
    sink.data(new TextEncoder().encode(this.#request));
  }

  write(): void {
    this.#sink?.drain();
  }

  end(): void {}
  abort(): void {}
  pause(): void {}
  resume(): void {}
}

it("an accepted socket does not keep the head of its request", async () => {
  const cookie = "c".repeat(6_000);
  const request =
    `GET /a/path/that/is/a/slice HTTP/1.1\r\nHost: server.example.com\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\n` +
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const count = 200;
  const heap = async (): Promise<number> => {
    for (let round = 0; round < 5; round++) {
      gc();
      await turn();
    }
    return process.memoryUsage().heapUsed;
  };
  const server = new WebSocketServer((opening) => void opening.accept(), { runtime: { clock: new TestClock() } });
  const open = async (): Promise<void> => {
    for (let index = 0; index < count; index++) server.receive(new OpenedTransport(request));
    await turn();
  };
  await open();
  /** For a socket of each batch: what Node compiles meanwhile may spoil one of them. */
  const held: number[] = [];
  for (let batch = 0; batch < 3; batch++) {
    const before = await heap();
    await open();
    held.push(((await heap()) - before) / count);
  }
  const [, median] = held.sort((one, other) => one - other);
  expect(server.sockets.size).toBe(4 * count);
  expect([...server.sockets][0]?.url).toBe("ws://server.example.com/a/path/that/is/a/slice");
  expect(median).toBeLessThan(cookie.length);
});
