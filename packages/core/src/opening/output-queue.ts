/** The bytes that a handshake has written and that nobody has taken yet. */

/** Whole writes, oldest first. */
export class OutputQueue {
  #writes: Uint8Array[] = [];
  #length = 0;

  /** Bytes not yet taken. */
  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#writes.push(bytes);
    this.#length += bytes.length;
  }

  /** Removes at most about `budget` bytes: a write is cut where the budget ends. */
  take(budget: number): readonly Uint8Array[] {
    if (budget >= this.#length) {
      const all = this.#writes;
      this.#writes = [];
      this.#length = 0;
      return all;
    }
    const taken: Uint8Array[] = [];
    let left = budget;
    while (left > 0) {
      const write = this.#writes[0] as Uint8Array;
      const part = write.subarray(0, left);
      taken.push(part);
      left -= part.length;
      this.#length -= part.length;
      if (part.length === write.length) this.#writes.shift();
      else this.#writes[0] = write.subarray(part.length);
    }
    return taken;
  }
}
