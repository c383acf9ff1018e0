/** Joins the parts of a message. */
import { Buffer } from "node:buffer";
import { bufferOver } from "./data.ts";

/** Parts below this length in bytes are copied, so that a part of one byte does not hold a chunk, or an object, of its own. */
const copiedLength = 1024;

export class Joiner {
  readonly #parts: Buffer[] = [];
  /** Memory for short parts, of which `#used` bytes are in use. It is the last of `#parts`, without its unused end. */
  #tail: Buffer | undefined;
  #used = 0;
  #length = 0;

  /** Bytes of memory for the peer. */
  get heldLength(): number {
    return this.#length + 64 * this.#parts.length;
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length === 0) return;
    this.#length += length;
    if (length >= copiedLength) {
      this.#settle();
      this.#parts.push(bufferOver(bytes, start, end));
      return;
    }
    this.#tail ??= Buffer.allocUnsafeSlow(2 * copiedLength);
    if (this.#used + length > this.#tail.length) this.#grow();
    this.#tail.set(bytes.subarray(start, end), this.#used);
    this.#used += length;
  }

  /** Returns the whole message. */
  join(): Buffer {
    const parts = this.parts();
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts, this.#length);
  }

  /** Returns the message in parts, as they came, except that short ones are joined. */
  parts(): Buffer[] {
    this.#settle();
    return this.#parts;
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(2 * this.#tail!.length);
    larger.set(this.#tail!);
    this.#tail = larger;
  }

  #settle(): void {
    if (this.#used > 0) this.#parts.push(this.#tail!.subarray(0, this.#used));
    this.#tail = undefined;
    this.#used = 0;
  }
}
