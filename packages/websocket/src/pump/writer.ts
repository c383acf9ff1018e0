/** The output side of a pump: one bounded write in flight at a time; newer output waits in the endpoint. */
import type { Endpoint } from "@hybi/core";
import type { Transport } from "../transport/transport.ts";
import { chunkCost } from "./backlog.ts";

const noChunks: readonly Uint8Array[] = [];

/** Core allocates arrays up to this length at their exact size; reading their `buffer` would allocate one. */
const ownArray = 64;
/** Maximum size of the blocks that core allocates. */
const largestBlock = 65_536 + 64;

/** The endpoint failed to produce its output, as opposed to a transport that failed to write it. */
export class OutputFailure {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

export class PumpWriter {
  readonly #endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #budget: number;

  /** The chunks in flight, and their total length. */
  #writing: readonly Uint8Array[] | undefined;
  #length = 0;
  /** A large array that is written in parts, and the bytes of the parts already sent: it is held until the last one is. */
  #large: { readonly buffer: ArrayBufferLike; left: number } | undefined;
  /** Whether `transport.write` is on the stack. */
  #isInWrite = false;
  /** Whether writing has ended. */
  #isOver = false;

  /** Takes `budget` bytes, at least 1, from the endpoint for each write. */
  constructor(endpoint: Endpoint, transport: Transport, budget: number) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#budget = budget;
  }

  /** Bytes in flight. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of memory held by the write in flight. */
  get heldLength(): number {
    let held = this.#length + (this.#large?.left ?? 0);
    let counted: ArrayBufferLike | undefined;
    for (const chunk of this.#writing ?? noChunks) {
      held += chunkCost;
      // A block of core stays in memory as a whole, however little of it is used. A larger buffer is sliced, and only
      // its slices count.
      if (chunk.length <= ownArray || chunk.length >= largestBlock) continue;
      const { buffer } = chunk;
      if (buffer === counted || buffer.byteLength > largestBlock) continue;
      held += buffer.byteLength - chunk.length;
      counted = buffer;
    }
    return held;
  }

  /**
   * Writes the endpoint's pending output, unless a write is in flight. Returns whether another write would be possible
   * at once but is put off because producing the output was much work: the endpoint returned less than the budget.
   */
  write(): boolean {
    while (this.#writing === undefined && !this.#isOver) {
      const chunks = this.#takeOutput();
      if (chunks.length === 0) return false;
      let length = 0;
      for (let at = 0; at < chunks.length; at++) length += chunks[at]!.length;
      this.#pass(chunks, length);
      if (length < this.#budget && this.#endpoint.outputLength > 0) return this.#writing === undefined;
    }
    return false;
  }

  /**
   * Writes a prepared message if it is all the output there is, and no write is in flight. Returns whether it has been written,
   * and nothing is left to write.
   */
  writePrepared(): boolean {
    if (this.#writing !== undefined || this.#isOver) return false;
    const frame = this.#endpoint.takePrepared(this.#budget);
    if (frame === undefined) return false;
    this.#pass([frame], frame.length);
    return this.#length === 0;
  }

  #takeOutput(): readonly Uint8Array[] {
    try {
      return this.#endpoint.takeOutput(this.#budget);
    } catch (error) {
      throw new OutputFailure(error);
    }
  }

  #pass(chunks: readonly Uint8Array[], length: number): void {
    this.#writing = chunks;
    this.#length = length;
    this.#isInWrite = true;
    this.#transport.write(chunks);
    this.#isInWrite = false;
  }

  /**
   * The write in flight has left. Returns whether the caller must continue writing; a running `write` continues by
   * itself.
   */
  drained(): boolean {
    const chunks = this.#writing;
    if (chunks === undefined) return false;
    if (this.#large !== undefined || this.#endpoint.outputLength > 0) this.#noteLarge(chunks);
    this.#endpoint.releaseOutput(chunks);
    this.#writing = undefined;
    this.#length = 0;
    return !this.#isInWrite;
  }

  /** Called when `chunks` are sent: if the last one is part of a large array, more parts of it may follow. */
  #noteLarge(chunks: readonly Uint8Array[]): void {
    const last = chunks.at(-1)!;
    const mayGoOn = this.#endpoint.outputLength > 0 && last.length > ownArray && last.buffer.byteLength > largestBlock;
    if (!mayGoOn) {
      this.#large = undefined;
      return;
    }
    const { buffer } = last;
    if (this.#large?.buffer !== buffer) this.#large = { buffer, left: 0 };
    for (const chunk of chunks)
      if (chunk.length > ownArray && chunk.buffer === buffer) this.#large.left += chunk.length;
  }

  /** Closes our half once all output has been taken; the transport does so behind the write in flight. */
  end(): void {
    if (this.#isOver || this.#endpoint.outputLength > 0) return;
    this.#isOver = true;
    this.#transport.end();
  }

  /** Ends writing for good. */
  stop(): void {
    this.#isOver = true;
  }
}
