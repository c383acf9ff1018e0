/** Bytes that are appended at one end and taken from the other, in pieces of any size. */
import { ByteWriter } from "./byte-writer.ts";
import { Queue } from "./queue.ts";

const empty = new Uint8Array(0);

/** A queue of bytes; what is appended by copy lies in arrays of ours. */
export class ByteQueue {
  /** Where to append; report what was appended with `appended`. */
  readonly writer: ByteWriter = new ByteWriter();

  readonly #chunks = new Queue<Uint8Array>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** `bytes` were appended to the writer. */
  appended(bytes: number): void {
    this.#length += bytes;
  }

  /** The next bytes, at most `limit`, as they lie: less where a chunk ends. Empty only when there are none. */
  take(limit: number): Uint8Array {
    if (this.#chunks.length === 0) for (const chunk of this.writer.take()) this.#chunks.push(chunk);
    const chunk = this.#chunks.first;
    if (chunk === undefined) return empty;
    if (chunk.length <= limit) {
      this.#chunks.shift();
      this.#length -= chunk.length;
      return chunk;
    }
    this.#chunks.replaceFirst(chunk.subarray(limit));
    this.#length -= limit;
    return chunk.subarray(0, limit);
  }
}
