/** The output of a handshake that the transport has not taken yet. */
import { Queue } from "../bytes/queue.ts";

/** A FIFO queue of writes. */
export class OutputQueue {
  readonly #writes = new Queue<Uint8Array>();
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

  /** Drops everything that was not taken. */
  clear(): void {
    this.#writes.clear();
    this.#length = 0;
  }

  /** Removes and returns at most `budget` bytes. A write that exceeds the budget is split. */
  take(budget: number): readonly Uint8Array[] {
    // Usually one write, and room for it. A list that grows has room for 17.
    if (this.#writes.length === 1 && this.#length <= budget) {
      this.#length = 0;
      return [this.#writes.take()!];
    }
    const taken: Uint8Array[] = [];
    let left = Math.min(budget, this.#length);
    while (left > 0) {
      const write = this.#writes.first!;
      const part = write.length <= left ? write : write.subarray(0, left);
      taken.push(part);
      left -= part.length;
      this.#length -= part.length;
      if (part.length === write.length) this.#writes.take();
      else this.#writes.replaceFirst(write.subarray(part.length));
    }
    return taken;
  }
}
