/** Bytes that a connection has received and not read: they wait for its turn, or for somebody to listen. */
import { Queue } from "./queue.ts";

/** What most transports read at a time. */
const longestRead = 65_536;

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

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** What is to be read next, or undefined when nothing waits. */
  get first(): Uint8Array | undefined {
    const chunk = this.#chunks.first;
    return this.#taken === 0 ? chunk : chunk?.subarray(this.#taken);
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > longestRead) this.isLong = true;
  }

  /** Of `first`, `bytes` were read. */
  take(bytes: number): void {
    this.#taken += bytes;
    this.#length -= bytes;
    if (this.#taken < this.#chunks.first!.length) return;
    this.#chunks.take();
    this.#taken = 0;
  }
}
