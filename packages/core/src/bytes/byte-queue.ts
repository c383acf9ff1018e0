/** A queue of bytes: append at one end, take pieces of any size from the other. */
import { noBytes } from "./byte-arrays.ts";
import { arrayCost, ByteWriter } from "./byte-writer.ts";
import { Queue } from "./queue.ts";

/** Overhead of a writer in bytes, excluding its blocks. */
const writerCost = 96;

/** A queue of bytes. Bytes appended by copy are stored in blocks of its writer. */
export class ByteQueue {
  /** The first array appended, by reference. Most queues never hold more, and so need no writer (bench/encode-task.ts, b16k). */
  #first: Uint8Array | undefined;
  #writer: ByteWriter | undefined;
  /** Chunks from the writer that have not been taken yet. */
  #chunks: Queue<Uint8Array> | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Overhead in bytes, excluding the queued bytes. */
  get overhead(): number {
    if (this.#first !== undefined) return arrayCost;
    return this.#writer === undefined
      ? 0
      : writerCost + this.#writer.overhead + (this.#chunks?.length ?? 0) * arrayCost;
  }

  /** The writer to append to. Report what was appended with `appended`. */
  get writer(): ByteWriter {
    // Chunk boundaries become frame boundaries, so they must be deterministic.
    this.#writer ??= new ByteWriter("exact");
    return this.#writer;
  }

  /** Records that `bytes` bytes were appended to the writer. */
  appended(bytes: number): void {
    this.#length += bytes;
  }

  /** Appends an array by reference. The caller must not change it afterwards. */
  appendReference(bytes: Uint8Array): void {
    if (this.#length === 0 && this.#writer === undefined) this.#first = bytes;
    else this.writer.appendReference(bytes);
    this.#length += bytes.length;
  }

  /** Takes the next bytes without copying: at most `limit`, fewer where a chunk ends. Empty only when the queue is empty. */
  take(limit: number): Uint8Array {
    const chunk = this.#first ?? this.#nextChunk();
    if (chunk === undefined) return noBytes;
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
