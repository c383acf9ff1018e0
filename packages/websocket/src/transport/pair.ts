/**
 * Two connected in-memory transports: for tests, for examples, and for two endpoints in one process. Bytes arrive in a
 * later microtask, never during the call that wrote them, and a paused reader makes the writer wait.
 */
import { checkOptions, type OptionChecks, takes } from "@hybi/core/options";
import { Queue } from "../platform/queue.ts";
import { bound, queueMicrotask } from "../platform/runtime.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** Options of `createTransportPair()`. */
export interface PairOptions {
  /** Maximum bytes of one chunk on arrival; longer writes are split. Default: Infinity. */
  readonly chunkSize?: number | undefined;
  /** Schedules the delivery of bytes. `queueMicrotask` by default; a test can delay them. */
  readonly schedule?: ((task: () => void) => void) | undefined;
}

const pairChecks: OptionChecks<PairOptions> = { chunkSize: takes.atLeast(1), schedule: takes.callback };

/** One end of a pair. */
export interface PairedTransport extends Transport {
  /** Bytes written by this end that the other end has not read. */
  readonly bytesInFlight: number;
  /** Simulates a lost transport, such as a cut cable: both ends report `error` and are closed. */
  lose(error: unknown): void;
}

/**
 * Creates a pair of transports; bytes written to one arrive at the other.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 * @example
 * const [near, far] = createTransportPair();
 * new Pump({ endpoint: Endpoint.server(), transport: far, listener }).start();
 */
export function createTransportPair(options: PairOptions = {}): [PairedTransport, PairedTransport] {
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
  /** Data written by the peer but not yet delivered; `end` marks the end of its half. */
  readonly #incoming = new Queue<Uint8Array | "end">();
  #incomingLength = 0;
  /** Whether the peer is waiting for `drain`. */
  #peerWaits = false;
  #delivering = false;
  #paused = false;
  #halfClosed = false;
  #peerHalfClosed = false;
  #closed = false;
  /** Whether this end was dropped, together with its unread data. */
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
    // Copy: the receiver modifies the bytes it receives, and the sender reuses its buffers.
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

  /** Our half only counts as closed once the peer has read everything written to it. */
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
