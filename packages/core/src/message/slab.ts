/**
 * Memory for the short messages of one connection that came in pieces. They share an array buffer, as those do that lie
 * whole in one chunk, because one of their own costs ten times as much (bench, 1 KiB in chunks of 1460 B). The shortest
 * have one of their own all the same: V8 holds those in its heap.
 */

const slabSize = 8192;
const ownLimit = 64;

/** The most that is carved out of a slab. */
export const longestCarved = 2048;

/** Carves arrays out of one buffer after the other. No byte is given out twice, and none to two connections. */
export class Slab {
  #buffer: ArrayBufferLike | undefined;
  #used = 0;

  /** Bytes of memory that it takes. */
  get heldLength(): number {
    return this.#buffer?.byteLength ?? 0;
  }

  /** `length` bytes, at most `longestCarved`. */
  carve(length: number): Uint8Array {
    if (length <= ownLimit) return new Uint8Array(length);
    // Less is left than is needed, or all of it was transferred by the application.
    if (this.#buffer === undefined || this.#used + length > this.#buffer.byteLength) {
      this.#buffer = new ArrayBuffer(slabSize);
      this.#used = 0;
    }
    const carved = new Uint8Array(this.#buffer, this.#used, length);
    this.#used += length;
    return carved;
  }
}
