/**
 * A MessagePort as a transport: two workers, two frames of a page, or a page and its worker. A port says neither that its
 * peer has room nor that it is gone, so the two ends tell each other: a chunk is acknowledged once it was read, and `null`
 * is the end of a half.
 */

import { UsageError } from "@hybi/core";
import { hasMethods } from "./option-checks.ts";
import { queueMicrotask } from "./platform.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** What is used of a port; a `Worker` has it too. */
export interface PortLike {
  postMessage(message: unknown): void;
  /** Its events are MessageEvents; as Event, because the types of some runtimes do not say so. */
  addEventListener(type: "message", listener: (event: Event) => void): void;
  start?(): void;
  close?(): void;
}

const endOfHalf = null;
const acknowledgement = true;

/** A transport over `port`, both of whose ends must be used so. Nobody else may post to it. @throws UsageError `option/type` */
export function fromMessagePort(port: PortLike): Transport {
  if (!hasMethods(port, "postMessage", "addEventListener")) {
    throw new UsageError("option/type", "fromMessagePort takes a MessagePort, or a Worker.");
  }
  return new PortTransport(port);
}

class PortTransport implements Transport {
  readonly #port: PortLike;
  #sink!: TransportSink;
  /** What came while paused: what the peer has written, and it waits. */
  #held: unknown[] | undefined;
  #unacknowledged = 0;
  #openHalves = 2;
  #closed = false;

  constructor(port: PortLike) {
    this.#port = port;
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
    this.#port.addEventListener("message", (event) => this.#receive((event as MessageEvent).data));
    this.#port.start?.();
  }

  write(chunks: readonly Uint8Array[]): void {
    this.#unacknowledged += chunks.length;
    // A copy: of a view, the whole buffer under it would be posted.
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
      this.#sink.end();
      this.#closeHalf();
    } else {
      this.#port.postMessage(acknowledgement);
      this.#sink.data(data as Uint8Array);
    }
  }

  #closeHalf(): void {
    this.#openHalves--;
    this.#closeWhenBothEnded();
  }

  /** A half is closed once what was written to it has left: was acknowledged, that is. */
  #closeWhenBothEnded(): void {
    if (this.#openHalves === 0 && this.#unacknowledged === 0) this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Not at once: what was posted must still leave.
    queueMicrotask(() => {
      this.#port.close?.();
      this.#sink.close();
    });
  }
}
