/**
 * A growable byte buffer: collects chunks into one contiguous array. The capacity doubles, so each byte is copied at most
 * twice on average.
 */
import { noBytes } from "../bytes/byte-arrays.ts";

const firstCapacity = 256;

/** Collects bytes by appending, until `take` or `clear`. */
export class ByteCollector {
  #bytes: Uint8Array = noBytes;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The underlying buffer; the collected bytes are `[0, length)`. Valid until the next `append`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Memory allocated, in bytes. */
  get heldLength(): number {
    return this.#bytes.length;
  }

  /** Appends a copy of `bytes[start, end)`. */
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

  /** Removes all bytes and releases their memory. */
  clear(): void {
    this.#bytes = noBytes;
    this.#length = 0;
  }

  /** Removes and returns all bytes, in a buffer of exactly their length, which is the caller's. */
  take(): Uint8Array {
    const isExact = this.#length > 0 && this.#length === this.#bytes.length;
    const taken = isExact ? this.#bytes : this.#bytes.slice(0, this.#length);
    this.clear();
    return taken;
  }
}
