/** Bytes that a connection has received and not read: they wait for its turn, or for somebody to listen. */
import { Queue } from "./queue.ts";

/** What most transports read at a time. */
const longestRead = 65_536;

/** Bytes of memory that an array takes beside its own. */
const chunkCost = 208;

export class PumpBacklog {
  /** Whether more has waited at a time than a read brings. */
  isLong = false;
  /** Whether it waits for the application to have had time to listen, since the opening handshake has ended. */
  isHeld = false;
  /** What the transport has told behind the bytes: that the peer has closed its half, and that both are closed. */
  isEndBehind = false;
  isCloseBehind = false;
  readonly #chunks = new Queue<Uint8Array>();
  /** Bytes of the first chunk that were read. */
  #taken = 0;
  #length = 0;
  #held = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of memory that it takes: that of whole chunks, however little of them is left. */
  get heldLength(): number {
    return this.#held;
  }

  /** What is to be read next, or undefined when nothing waits. */
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

  /** Of `first`, `bytes` were read. */
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
