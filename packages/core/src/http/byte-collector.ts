/** Bytes that arrive in pieces and are wanted in one piece. Grows by doubling, so that a byte is copied twice at most on average. */

const firstCapacity = 256;
const none: Uint8Array = new Uint8Array(0);

/** Bytes in one piece; only ever appended to, until they are taken. */
export class ByteCollector {
  #bytes = none;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The memory that holds the bytes: `[0, length)` are they. Valid until the next `append`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Bytes of memory that it takes. */
  get heldLength(): number {
    return this.#bytes.length;
  }

  /** Appends `bytes[start, end)`, as a copy. */
  append(bytes: Uint8Array, start: number, end: number): void {
    if (start >= end) return;
    const length = this.#length + end - start;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, this.#bytes.length * 2, firstCapacity));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.#length);
    this.#length = length;
  }

  /** Removes all the bytes, and lets go of their memory. */
  clear(): void {
    this.#bytes = none;
    this.#length = 0;
  }

  /** Removes all the bytes and returns them; no longer memory is held by them than they need. */
  take(): Uint8Array {
    const taken = this.#length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#length);
    this.clear();
    return taken;
  }
}
