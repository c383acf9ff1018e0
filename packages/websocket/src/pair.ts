/**
 * Two transports, back to back, in memory: for tests, for examples, and for two endpoints in one process. Bytes arrive in a
 * later microtask, never during the call that wrote them, and a reader that has paused makes the writer wait.
 */
import { checkOptions, type OptionChecks, takes } from "@hybi/core";
import { bound, queueMicrotask } from "./platform.ts";
import { Queue } from "./queue.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** How a pair behaves. */
export interface PairOptions {
  /** The most bytes of one chunk that arrives; what is written is cut. Infinity. */
  readonly chunkSize?: number | undefined;
  /** Runs `task` later: when bytes arrive. `queueMicrotask` by default; a test may hold them back. */
  readonly schedule?: ((task: () => void) => void) | undefined;
}

const pairChecks: OptionChecks<PairOptions> = { chunkSize: takes.atLeast(1), schedule: takes.callback };

/** One end of a pair. */
export interface PairedTransport extends Transport {
  /** Bytes that this end has written and the other end has not read. */
  readonly bytesInFlight: number;
  /** Loses the transport, as a cable that is cut: both ends are told `error`, and are closed. */
  lose(error: unknown): void;
}

/**
 * A pair of transports; what is written to one arrives at the other.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 * @example
 * const [near, far] = pair();
 * new Pump({ endpoint: Endpoint.server(), transport: far, listener }).start();
 */
export function pair(options: PairOptions = {}): [PairedTransport, PairedTransport] {
  checkOptions("pair", options, pairChecks);
  const first = new PairEnd(options);
  const second = new PairEnd(options);
  first.connect(second);
  second.connect(first);
  return [first, second];
}

class PairEnd implements PairedTransport {
  readonly #chunkSize: number;
  readonly #schedule: (task: () => void) => void;
  #peer!: PairEnd;
  #sink: TransportSink | undefined;
  /** What the peer has written and we have not delivered; `end` is the end of its half. */
  readonly #incoming = new Queue<Uint8Array | "end">();
  #incomingLength = 0;
  /** Whether the peer waits for room. */
  #peerWaits = false;
  #delivering = false;
  #paused = false;
  #halfClosed = false;
  #peerHalfClosed = false;
  #closed = false;
  /** Whether it was dropped, with what had not been read. */
  #isLost = false;
  #error: unknown;

  constructor({ chunkSize = Number.POSITIVE_INFINITY, schedule }: PairOptions) {
    this.#chunkSize = chunkSize;
    this.#schedule = schedule === undefined ? (task) => queueMicrotask(task) : bound(schedule);
  }

  connect(peer: PairEnd): void {
    this.#peer = peer;
  }

  get bytesInFlight(): number {
    return this.#peer.#incomingLength;
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
    if (this.#closed) this.#tellClosed();
    else this.#deliverLater();
  }

  write(chunks: readonly Uint8Array[]): void {
    if (this.#closed) return;
    const peer = this.#peer;
    // A copy: the receiver writes to what it receives, and the sender writes again to what has left.
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += this.#chunkSize) {
        peer.#incoming.push(chunk.slice(at, Math.min(chunk.length, at + this.#chunkSize)));
      }
      peer.#incomingLength += chunk.length;
    }
    peer.#peerWaits = true;
    peer.#deliverLater();
  }

  end(): void {
    if (this.#closed || this.#halfClosed) return;
    this.#halfClosed = true;
    this.#peer.#incoming.push("end");
    this.#peer.#deliverLater();
    this.#closeWhenBothEnded();
  }

  abort(): void {
    this.#lose(undefined);
    this.#peer.#lose(new Error("The peer dropped the transport."));
  }

  lose(error: unknown): void {
    this.#lose(error);
    this.#peer.#lose(error);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliverLater();
  }

  #deliverLater(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    this.#schedule(() => {
      this.#delivering = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const sink = this.#sink;
    if (sink === undefined) return;
    while (!this.#paused && !this.#closed) {
      const item = this.#incoming.take();
      if (item === undefined) break;
      if (item === "end") {
        this.#peerHalfClosed = true;
        sink.end();
        this.#closeWhenBothEnded();
      } else {
        this.#incomingLength -= item.length;
        sink.data(item);
      }
    }
    if (this.#isLost || this.#incomingLength > 0) return;
    if (this.#peerWaits) {
      this.#peerWaits = false;
      this.#peer.#sink?.drain();
    }
    this.#peer.#closeWhenBothEnded();
  }

  /** A half is closed once what was written to it has left: has been read, that is. */
  #closeWhenBothEnded(): void {
    if (this.#halfClosed && this.#peerHalfClosed && this.#peer.#incomingLength === 0) this.#close();
  }

  #lose(error: unknown): void {
    if (this.#closed) return;
    this.#isLost = true;
    this.#incoming.takeAll();
    this.#incomingLength = 0;
    this.#error = error;
    this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#sink !== undefined) this.#tellClosed();
  }

  #tellClosed(): void {
    this.#schedule(() => {
      const sink = this.#sink;
      this.#sink = undefined;
      if (this.#error !== undefined) sink?.error(this.#error);
      sink?.close();
    });
  }
}
