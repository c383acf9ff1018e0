/**
 * A bump allocator for output. Bytes are appended to a block until it is sealed; a sealed block is never written again,
 * nothing is copied to grow, and no position is ever rewound, so that what was taken cannot change.
 */
import { blockSize, borrowBlock, lendBlock } from "./block-pool.ts";
import { copyOf } from "./copy-of.ts";

/** The most that V8 keeps in its own heap, where an array costs a tenth: enough for a few headers (bench/encode-task.ts). */
const smallestBlock = 64;
/** The next size; whoever needs more in one turn gets blocks that are reused when they are handed back. */
const secondBlock = 1024;

/** Up to here an array is copied into the block; above, it goes by reference. */
export const copyLimit = 4096;

/** Bytes of memory that an array takes beside its own, and its place in a list. */
export const arrayCost = 208;

const noBlock = new Uint8Array(0);
const nothing: readonly Uint8Array[] = [];

/** Appends to blocks. Idle, it holds nothing. */
export class ByteWriter {
  /** The block being written; read it anew after every `reserve`. */
  block: Uint8Array = noBlock;
  /** Where to write next. Advance it by what was written. */
  position = 0;

  #sealed: Uint8Array[] | undefined;
  /** Bytes of memory that what is sealed takes beside its own. */
  #sealedCost = 0;
  /** The size of the next block: about what the last turn needed. */
  #nextSize: number;
  /** Bytes of the block that may be used. */
  #capacity = 0;
  readonly #isExact: boolean;

  /**
   * With `exact`, blocks end where they would if none were used again. Then what was appended is cut into chunks in the same
   * way each time, whatever other writers have done before.
   */
  constructor(blocks?: "exact") {
    this.#isExact = blocks === "exact";
    this.#nextSize = this.#isExact ? secondBlock : smallestBlock;
  }

  get isEmpty(): boolean {
    return this.position === 0 && this.#sealed === undefined;
  }

  /** Bytes of memory that it takes beside those that were appended: room that is not used yet, and an array for each chunk. */
  get overhead(): number {
    const { length } = this.block;
    return length === 0 ? this.#sealedCost : this.#sealedCost + length - this.position + arrayCost;
  }

  /** Makes room for `size` bytes at `position` of `block`. */
  reserve(size: number): void {
    if (this.position + size > this.#capacity) this.#newBlock(size);
  }

  /** Appends a short array by copy and a long one by reference. The caller warrants that it does not change. */
  append(bytes: Uint8Array): void {
    if (bytes.length > copyLimit) this.appendReference(bytes);
    else this.appendCopy(bytes, 0, bytes.length);
  }

  /** Appends a copy of `bytes[start, end)`. */
  appendCopy(bytes: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    this.block.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.position);
    this.position += end - start;
  }

  /** Appends an array by reference; answers its index in `take`. The caller warrants that it does not change. */
  appendReference(bytes: Uint8Array): number {
    if (this.position > 0) {
      this.#seal();
      // Between arrays that go by reference there are headers only.
      this.#nextSize = smallestBlock;
    }
    this.#sealed ??= [];
    this.#sealedCost += arrayCost;
    return this.#sealed.push(bytes) - 1;
  }

  /** Everything appended since the last call, oldest first. The block is sealed: its buffer is never written again. */
  take(): readonly Uint8Array[] {
    if (this.position > 0) {
      if (this.#sealed === undefined) {
        this.#nextSize = Math.min(blockSize, Math.max(smallestBlock, this.position * 2));
      }
      this.#seal();
    }
    const chunks = this.#sealed;
    if (chunks === undefined) return nothing;
    this.#sealed = undefined;
    this.#sealedCost = 0;
    this.#dropBlock();
    return chunks;
  }

  #newBlock(size: number): void {
    if (this.position > 0) {
      this.#nextSize = this.#capacity < secondBlock ? secondBlock : blockSize;
      this.#seal();
    }
    const wanted = Math.max(size, this.#nextSize);
    this.block = wanted <= smallestBlock ? new Uint8Array(smallestBlock) : borrowBlock(wanted);
    this.#capacity = this.#isExact ? wanted : this.block.length;
  }

  #seal(): void {
    const { block, position } = this;
    this.#sealed ??= [];
    this.#sealedCost += arrayCost;
    if (block.length <= smallestBlock) {
      // A view would move the block out of V8's heap; a copy of a few bytes does not, and the block stays ours.
      this.#sealed.push(copyOf(block, 0, position));
    } else {
      const whole = position === block.length ? block : block.subarray(0, position);
      lendBlock(block, whole);
      this.#sealedCost += block.length - position;
      this.#sealed.push(whole);
      this.#dropBlock();
    }
    this.position = 0;
  }

  #dropBlock(): void {
    this.block = noBlock;
    this.#capacity = 0;
  }
}
