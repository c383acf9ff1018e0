/** Bytes that are appended at one end and taken from the other, in pieces of any size. */
import { arrayCost, ByteWriter } from "./byte-writer.ts";
import { Queue } from "./queue.ts";

/** Bytes of memory that a writer takes beside its blocks. */
const writerCost = 96;

const empty = new Uint8Array(0);

/** A queue of bytes; what is appended by copy lies in arrays of ours. */
export class ByteQueue {
  /** What was appended first, by reference. Most queues never hold more, and so need nothing else (bench, encode 16 KiB). */
  #first: Uint8Array | undefined;
  #writer: ByteWriter | undefined;
  /** What the writer has given and was not taken yet. */
  #chunks: Queue<Uint8Array> | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Bytes of memory that it takes beside those in it. */
  get overhead(): number {
    if (this.#first !== undefined) return arrayCost;
    return this.#writer === undefined
      ? 0
      : writerCost + this.#writer.overhead + (this.#chunks?.length ?? 0) * arrayCost;
  }

  /** Where to append; report what was appended with `appended`. */
  get writer(): ByteWriter {
    // Where chunks end, frames end.
    this.#writer ??= new ByteWriter("exact");
    return this.#writer;
  }

  /** `bytes` were appended to the writer. */
  appended(bytes: number): void {
    this.#length += bytes;
  }

  /** Appends an array by reference. The caller warrants that it does not change. */
  appendReference(bytes: Uint8Array): void {
    if (this.#length === 0 && this.#writer === undefined) this.#first = bytes;
    else this.writer.appendReference(bytes);
    this.#length += bytes.length;
  }

  /** The next bytes, at most `limit`, as they lie: less where a chunk ends. Empty only when there are none. */
  take(limit: number): Uint8Array {
    const chunk = this.#first ?? this.#nextChunk();
    if (chunk === undefined) return empty;
    const whole = chunk.length <= limit;
    this.#first = whole ? undefined : chunk.subarray(limit);
    const taken = whole ? chunk : chunk.subarray(0, limit);
    this.#length -= taken.length;
    return taken;
  }

  #nextChunk(): Uint8Array | undefined {
    if (this.#writer === undefined) return undefined;
    this.#chunks ??= new Queue();
    const chunks = this.#chunks;
    if (chunks.length === 0) for (const chunk of this.#writer.take()) chunks.push(chunk);
    return chunks.take();
  }
}
