/**
 * Memory for the short messages of one connection that arrive in pieces. They share an array buffer, like messages
 * within one chunk do, because a buffer of its own costs ten times as much (bench/decode-task.ts, workload b1k
 * in chunks of 1460 B). The shortest messages still get an array of their own, because V8 keeps those in its heap.
 */

const slabSize = 8192;
const ownLimit = 64;

/** Maximum length carved out of a slab. */
export const longestCarved = 2048;

/** Carves arrays out of one buffer after another. No byte is handed out twice, and no buffer is shared between connections. */
export class Slab {
  #buffer: ArrayBufferLike | undefined;
  #used = 0;

  /** Memory held in bytes. */
  get heldLength(): number {
    return this.#buffer?.byteLength ?? 0;
  }

  /** Returns `length` bytes, at most `longestCarved`. */
  carve(length: number): Uint8Array {
    if (length <= ownLimit) return new Uint8Array(length);
    // Too little is left, or the application has transferred the buffer.
    if (this.#buffer === undefined || this.#used + length > this.#buffer.byteLength) {
      this.#buffer = new ArrayBuffer(slabSize);
      this.#used = 0;
    }
    const carved = new Uint8Array(this.#buffer, this.#used, length);
    this.#used += length;
    return carved;
  }
}
