/**
 * Adapts a MessagePort to a transport: between two workers, two frames of a page, or a page and its worker. A port reports
 * neither backpressure nor that its peer is gone, so the two ends signal both to each other: a chunk is acknowledged once it
 * has been read, and `null` ends a half.
 */

import { UsageError } from "@hybi/core";
import { hasMethods } from "../platform/option-checks.ts";
import { queueMicrotask } from "../platform/runtime.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** The methods of a port that are used; a `Worker` has them too. */
export interface PortLike {
  postMessage(message: unknown): void;
  /** The events are MessageEvents, but typed as Event, because the types of some runtimes do not declare them so. */
  addEventListener(type: "message" | "close", listener: (event: Event) => void): void;
  start?(): void;
  close?(): void;
}

const endOfHalf = null;
const acknowledgement = true;
/** Not a message: the port has fired `close`. */
const portClosed = Symbol("the port was closed");

/**
 * Returns a transport over `port`. Both ends must be used in this way, and nothing else may post to the port.
 *
 * @throws UsageError `option/type`
 */
export function fromMessagePort(port: PortLike): Transport {
  if (!hasMethods(port, "postMessage", "addEventListener")) {
    throw new UsageError("option/type", "fromMessagePort takes a MessagePort, or a Worker.");
  }
  return new PortTransport(port);
}

class PortTransport implements Transport {
  readonly #port: PortLike;
  #sink!: TransportSink;
  /** Messages that arrived while paused. The peer waits for their acknowledgement. */
  #held: unknown[] | undefined;
  #unacknowledged = 0;
  #openHalves = 2;
  /** Whether the peer has ended its half. */
  #hasEnded = false;
  #closed = false;

  constructor(port: PortLike) {
    this.#port = port;
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
    this.#port.addEventListener("message", (event) => this.#receive((event as MessageEvent).data));
    // Where the runtime says so: the other end was closed, or its worker is gone. What it has posted has arrived before.
    this.#port.addEventListener("close", () => this.#receive(portClosed));
    this.#port.start?.();
  }

  write(chunks: readonly Uint8Array[]): void {
    this.#unacknowledged += chunks.length;
    // Copy the chunk: posting a view would post the whole buffer under it.
    for (const chunk of chunks) this.#port.postMessage(chunk.slice());
  }

  end(): void {
    this.#port.postMessage(endOfHalf);
    this.#closeHalf();
  }

  abort(): void {
    this.#port.postMessage(endOfHalf);
    this.#close();
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const data of held) this.#receive(data);
  }

  #receive(data: unknown): void {
    if (data === acknowledgement) {
      this.#unacknowledged--;
      if (this.#unacknowledged > 0) return;
      this.#sink.drain();
      this.#closeWhenBothEnded();
    } else if (this.#held !== undefined) {
      this.#held.push(data);
    } else if (data === endOfHalf) {
      this.#hasEnded = true;
      this.#sink.end();
      this.#closeHalf();
    } else if (data === portClosed) {
      if (!this.#closed && !this.#hasEnded) this.#sink.error(new Error("The other end of the port was closed."));
      this.#close();
    } else if (data instanceof Uint8Array) {
      this.#port.postMessage(acknowledgement);
      this.#sink.data(data);
    } else {
      this.#sink.error(new TypeError("The other end of the port has posted something that is no Uint8Array."));
      this.abort();
    }
  }

  #closeHalf(): void {
    this.#openHalves--;
    this.#closeWhenBothEnded();
  }

  /** Closes the port once both halves have ended and everything written has left, that is, has been acknowledged. */
  #closeWhenBothEnded(): void {
    if (this.#openHalves === 0 && this.#unacknowledged === 0) this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Defer: messages that were posted must leave first.
    queueMicrotask(() => {
      this.#port.close?.();
      this.#sink.close();
    });
  }
}
