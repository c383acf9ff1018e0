/**
 * Bytes that were received but not yet processed: they wait for the connection's round, or for listeners to be added.
 */
import { Queue } from "../platform/queue.ts";

/** What most transports read at once, in bytes. */
const longestRead = 65_536;

/** Memory overhead of a chunk in bytes, excluding its content. */
export const chunkCost = 208;

export class PumpBacklog {
  /** Whether the backlog was ever longer than one read. */
  isLong = false;
  /**
   * Whether it is held back until the end of the turn: after the opening handshake, so that the application has had time to add
   * listeners, and behind input of a transport that reports it while the pump is busy.
   */
  isHeld = false;
  /** Events of the transport that arrived after the bytes: the peer closed its half; both halves are closed. */
  isEndBehind = false;
  isCloseBehind = false;
  readonly #chunks = new Queue<Uint8Array>();
  /** Bytes of the first chunk that have been processed. */
  #taken = 0;
  #length = 0;
  #held = 0;

  /** Returns a backlog of `rest`, and of what waits `behind` it already. */
  static of(rest: Uint8Array, behind: PumpBacklog | undefined): PumpBacklog {
    const backlog = new PumpBacklog();
    if (rest.length > 0) backlog.push(rest);
    if (behind === undefined) return backlog;
    for (let chunk = behind.first; chunk !== undefined; chunk = behind.first) {
      backlog.push(chunk);
      behind.take(chunk.length);
    }
    backlog.isHeld = behind.isHeld;
    backlog.isEndBehind = behind.isEndBehind;
    backlog.isCloseBehind = behind.isCloseBehind;
    return backlog;
  }

  /** Bytes waiting. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of memory in use. A partly processed chunk still counts as a whole. */
  get heldLength(): number {
    return this.#held;
  }

  /** The bytes to process next, or undefined when nothing is waiting. */
  get first(): Uint8Array | undefined {
    const chunk = this.#chunks.first;
    return this.#taken === 0 ? chunk : chunk?.subarray(this.#taken);
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    this.#held += chunk.buffer.byteLength + chunkCost;
    if (this.#length > longestRead) this.isLong = true;
  }

  /** Removes `bytes`, which were processed, from the front of `first`. */
  take(bytes: number): void {
    this.#taken += bytes;
    this.#length -= bytes;
    const chunk = this.#chunks.first!;
    if (this.#taken < chunk.length) return;
    this.#chunks.take();
    this.#held -= chunk.buffer.byteLength + chunkCost;
    this.#taken = 0;
  }
}
