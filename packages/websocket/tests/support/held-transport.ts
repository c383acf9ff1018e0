/** A transport that has room only when the test says so, and a peer that reads what has left. */
import { Connection, type ConnectionEvent, plainAgreement } from "@hybi/core";
import { concatBytes } from "@hybi/testing";
import { createWebSocketClass, createWebSocketStreamClass } from "../../src/client/create-websocket-class.ts";
import type { ClientSocketOptions } from "../../src/client/socket-options.ts";
import type { WebSocketStreamOptions } from "../../src/client/stream-options.ts";
import type { WebSocket } from "../../src/client/websocket.ts";
import type { WebSocketStream } from "../../src/client/websocket-stream.ts";
import type { Transport, TransportSink } from "../../src/transport/transport.ts";
import { TestClock, until } from "./clock.ts";

export class HeldTransport implements Transport {
  sink!: TransportSink;
  /** What the peer has received, event by event. */
  readonly arrived: ConnectionEvent[] = [];
  readonly peer: Connection = new Connection(plainAgreement("server"));
  /** Whether a write has room at once. */
  isFree = false;
  isPaused = false;
  isOver = false;
  #held: readonly Uint8Array[] | undefined;

  /** Whether a write waits for `drain`. */
  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  start(sink: TransportSink): void {
    this.sink = sink;
  }

  write(chunks: readonly Uint8Array[]): void {
    this.#held = chunks;
    if (this.isFree) this.drain();
  }

  /** The write that is held leaves. */
  drain(): void {
    if (this.#held === undefined || this.isOver) return;
    this.arrived.push(...this.peer.receive(concatBytes(this.#held)));
    this.#held = undefined;
    this.sink.drain();
  }

  /** What the peer has to say arrives. */
  answer(): void {
    for (const chunk of this.peer.takeOutput()) if (!this.isOver) this.sink.data(chunk.slice());
  }

  /** The transport is lost. */
  lose(error: unknown): void {
    if (this.isOver) return;
    this.sink.error(error);
    this.abort();
  }

  end(): void {}

  abort(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.sink.close();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }
}

/** Returns an open client over such a transport. */
export async function heldClient(
  options: ClientSocketOptions = {},
): Promise<{ client: WebSocket; transport: HeldTransport; clock: TestClock }> {
  const transport = new HeldTransport();
  const clock = new TestClock();
  const connect = () => ({ transport, agreement: plainAgreement("client") });
  const Socket = createWebSocketClass(connect, { runtime: { clock } });
  const client = new Socket("ws://example.com/", options);
  await until(() => client.readyState === 1);
  return { client, transport, clock };
}

/** Returns a stream over such a transport. */
export async function heldStream(
  options: WebSocketStreamOptions = {},
): Promise<{ stream: WebSocketStream; transport: HeldTransport }> {
  const transport = new HeldTransport();
  const connect = () => ({ transport, agreement: plainAgreement("client") });
  const Stream = createWebSocketStreamClass(connect, { runtime: { clock: new TestClock() } });
  const stream = new Stream("ws://example.com/", options);
  stream.closed.catch(() => {});
  await stream.opened;
  return { stream, transport };
}
