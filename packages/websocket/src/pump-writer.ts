/** The way out of a pump: one write under way at a time, bounded, so that what comes up meanwhile waits in the endpoint. */
import type { Connection, Endpoint } from "@hybi/core";
import type { Transport } from "./transport.ts";

const noChunks: readonly Uint8Array[] = [];

/** Bytes of memory that an array takes beside its own. */
const chunkCost = 208;
/** Up to here core makes arrays to measure; to ask for their buffer would make one. */
const ownArray = 64;
/** Blocks of core's are not larger. */
const largestBlock = 65_536 + 64;

/** The endpoint could not say what is to be written, which is not the fault of the transport. */
export class OutputFailure {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

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

  /** Bytes of memory that what is being written takes. */
  get heldLength(): number {
    let held = this.#length;
    let counted: ArrayBufferLike | undefined;
    for (const chunk of this.#writing ?? noChunks) {
      held += chunkCost;
      // A block of core's is held as a whole, however little lies in it. What is larger is cut, and counted by its parts.
      if (chunk.length <= ownArray || chunk.length >= largestBlock) continue;
      const { buffer } = chunk;
      if (buffer === counted || buffer.byteLength > largestBlock) continue;
      held += buffer.byteLength - chunk.length;
      counted = buffer;
    }
    return held;
  }

  /**
   * Writes what waits in the endpoint, unless something is being written. Returns whether more could be written at once, and
   * is not, since making it was much work: less was taken than there was room for.
   */
  write(): boolean {
    while (this.#writing === undefined && !this.#isOver) {
      const chunks = this.#takeOutput();
      if (chunks.length === 0) return false;
      let length = 0;
      for (let at = 0; at < chunks.length; at++) length += chunks[at]!.length;
      this.#writing = chunks;
      this.#length = length;
      this.#isInWrite = true;
      this.#transport.write(chunks);
      this.#isInWrite = false;
      if (length < this.#budget && this.#endpoint.outputLength > 0) return this.#writing === undefined;
    }
    return false;
  }

  #takeOutput(): readonly Uint8Array[] {
    try {
      return this.#endpoint.takeOutput(this.#budget);
    } catch (error) {
      throw new OutputFailure(error);
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
