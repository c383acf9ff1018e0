/** The way out of a pump: one write under way at a time, bounded, so that what comes up meanwhile waits in the endpoint. */
import type { Connection, Endpoint } from "@hybi/core";
import type { Transport } from "./transport.ts";

export class PumpWriter {
  readonly #endpoint: Endpoint | Connection;
  readonly #transport: Transport;
  readonly #budget: number;

  /** What is being written, and its bytes. */
  #writing: readonly Uint8Array[] | undefined;
  #length = 0;
  /** Whether `transport.write` is being called. */
  #isInWrite = false;
  /** Whether nothing is written any more. */
  #isOver = false;

  /** Takes `budget` bytes, at least 1, for one write. */
  constructor(endpoint: Endpoint | Connection, transport: Transport, budget: number) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#budget = budget;
  }

  /** Bytes that are being written. */
  get length(): number {
    return this.#length;
  }

  /** Writes what waits in the endpoint, unless something is being written. */
  write(): void {
    while (this.#writing === undefined && !this.#isOver) {
      const chunks = this.#endpoint.takeOutput(this.#budget);
      if (chunks.length === 0) return;
      let length = 0;
      for (let at = 0; at < chunks.length; at++) length += chunks[at]!.length;
      this.#writing = chunks;
      this.#length = length;
      this.#isInWrite = true;
      this.#transport.write(chunks);
      this.#isInWrite = false;
    }
  }

  /** What was written has left. Answers whether somebody else has to go on: `write` itself does while it runs. */
  drained(): boolean {
    const chunks = this.#writing;
    if (chunks === undefined) return false;
    this.#endpoint.releaseOutput(chunks);
    this.#writing = undefined;
    this.#length = 0;
    return !this.#isInWrite;
  }

  /** Closes our half, once everything is taken; the transport puts it behind what is being written. */
  end(): void {
    if (this.#isOver || this.#endpoint.outputLength > 0) return;
    this.#isOver = true;
    this.#transport.end();
  }

  /** Nothing is written any more. */
  stop(): void {
    this.#isOver = true;
  }
}
