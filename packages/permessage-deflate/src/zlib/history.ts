/** Stores the last 32 KiB of a stream's output in a ring buffer that grows on demand. */

const smallestRing = 1024;
/** 2 to the power of 15, the maximum window. */
const windowLength = 32_768;

export class History {
  #ring = new Uint8Array(smallestRing);
  /** Index at which the next byte is written. */
  #next = 0;
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Memory allocated, in bytes. */
  get heldLength(): number {
    return this.#ring.length;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const from = Math.max(start, end - windowLength);
    const added = end - from;
    if (this.#length + added > this.#ring.length && this.#ring.length < windowLength) this.#grow(this.#length + added);
    const ring = this.#ring;
    const first = Math.min(added, ring.length - this.#next);
    ring.set(bytes.subarray(from, from + first), this.#next);
    if (first < added) ring.set(bytes.subarray(from + first, end), 0);
    this.#next = (this.#next + added) % ring.length;
    this.#length = Math.min(this.#length + added, ring.length);
  }

  /** Returns the stored bytes, oldest first. */
  contents(): Uint8Array {
    const contents = new Uint8Array(this.#length);
    const ring = this.#ring;
    const oldest = (this.#next - this.#length + ring.length) % ring.length;
    const first = Math.min(this.#length, ring.length - oldest);
    contents.set(ring.subarray(oldest, oldest + first));
    contents.set(ring.subarray(0, this.#length - first), first);
    return contents;
  }

  clear(): void {
    this.#next = 0;
    this.#length = 0;
  }

  #grow(needed: number): void {
    let size = this.#ring.length;
    while (size < needed && size < windowLength) size *= 2;
    const contents = this.contents();
    this.#ring = new Uint8Array(size);
    this.#ring.set(contents);
    this.#next = contents.length % size;
  }
}
