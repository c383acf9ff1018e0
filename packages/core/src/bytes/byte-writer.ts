/**
 * A bump allocator for output. Bytes are appended to a block until it is sealed. A sealed block is never written again,
 * growing copies nothing, and the position never moves back, so bytes that were taken cannot change.
 */
import { blockSize, borrowBlock, hasFreeBlock, lendBlock, returnUnused } from "./block-pool.ts";
import { copyOf, noBytes } from "./byte-arrays.ts";

/** The largest array that V8 keeps in its own heap, at a tenth of the cost: enough for a few headers (bench/encode-task.ts). */
export const smallestBlock = 64;
/** Size of the second block. Writers that need more in one turn get pooled blocks, which are reused when handed back. */
const secondBlock = 1024;

/** Arrays up to this length are copied into the block; longer ones are appended by reference. */
export const appendCopyLimit = 4096;

/** Overhead of an array in bytes, including its place in a list. */
export const arrayCost = 208;

const nothing: readonly Uint8Array[] = [];

/** Appends bytes to blocks. Holds no memory while idle. */
export class ByteWriter {
  /** The current block. Read it again after every `reserve`. */
  block: Uint8Array = noBytes;
  /** Where to write next. Advance it by the number of bytes written. */
  position = 0;

  #sealed: Uint8Array[] | undefined;
  /** Overhead of the sealed chunks in bytes, excluding their own content. */
  #sealedCost = 0;
  /** Size of the next block: about what the last turn needed. */
  #nextSize: number;
  /** Usable bytes of the block. */
  #capacity = 0;
  readonly #isExact: boolean;

  /**
   * With `exact`, blocks end where fresh blocks would end, even if a larger block is reused. So the appended bytes are
   * always split into the same chunks, whatever other writers did before.
   */
  constructor(blocks?: "exact") {
    this.#isExact = blocks === "exact";
    this.#nextSize = this.#isExact ? secondBlock : smallestBlock;
  }

  get isEmpty(): boolean {
    return this.position === 0 && this.#sealed === undefined;
  }

  /** Number of chunks that are complete: the index of the one that the block becomes, in the result of `take`. */
  get chunkCount(): number {
    return this.#sealed?.length ?? 0;
  }

  /** Overhead in bytes, excluding the appended bytes: unused room, and an array for each chunk. */
  get overhead(): number {
    const { length } = this.block;
    return length === 0 ? this.#sealedCost : this.#sealedCost + length - this.position + arrayCost;
  }

  /** Makes room for `size` bytes at `position` of `block`. */
  reserve(size: number): void {
    if (this.position + size > this.#capacity) this.#newBlock(size);
  }

  /** Whether `size` bytes can be reserved without allocating: in the block, or at the start of one from the pool. */
  hasRoom(size: number): boolean {
    return this.position + size <= this.#capacity || (this.position === 0 && hasFreeBlock(size));
  }

  /** Appends a short array by copy and a long one by reference. The caller must not change it afterwards. */
  append(bytes: Uint8Array): void {
    if (bytes.length > appendCopyLimit) this.appendReference(bytes);
    else this.appendCopy(bytes, 0, bytes.length);
  }

  /** Appends a copy of `bytes[start, end)`. */
  appendCopy(bytes: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    this.block.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.position);
    this.position += end - start;
  }

  /** Appends an array by reference and returns its index in the result of `take`. The caller must not change it afterwards. */
  appendReference(bytes: Uint8Array): number {
    if (this.position > 0) {
      this.#sealBefore();
      // Only headers lie between arrays that are appended by reference.
      this.#nextSize = smallestBlock;
    }
    return this.#addSealed(bytes, 0);
  }

  /** Appends two arrays by reference to a writer that is empty. Returns the index of the second one in the result of `take`. */
  appendFirst(one: Uint8Array, other: Uint8Array): number {
    this.#sealed = [one, other];
    this.#sealedCost = 2 * arrayCost;
    return 1;
  }

  /** Returns everything appended since the last call, oldest first. Seals the block: its buffer is never written again. */
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
    returnUnused(this.block);
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

  /**
   * Seals what precedes an array by reference. Few bytes are copied, so that the block is used further: otherwise a series of
   * short and long messages that waits would hold a block for each short one.
   */
  #sealBefore(): void {
    if (this.position <= appendCopyLimit) this.#sealCopy();
    else this.#seal();
  }

  #seal(): void {
    const { block, position } = this;
    // A view would move the block out of V8's heap. Copying a few bytes does not.
    if (block.length <= smallestBlock) {
      this.#sealCopy();
      return;
    }
    const lent = position === block.length ? block : block.subarray(0, position);
    lendBlock(block, lent);
    this.#addSealed(lent, block.length - position);
    this.#dropBlock();
    this.position = 0;
  }

  /** Seals a copy of the bytes, and keeps using the block. */
  #sealCopy(): void {
    const { block, position } = this;
    this.#addSealed(position <= smallestBlock ? copyOf(block, 0, position) : block.slice(0, position), 0);
    this.position = 0;
  }

  /** Returns the index of `chunk` in the result of `take`. */
  #addSealed(chunk: Uint8Array, unused: number): number {
    this.#sealedCost += arrayCost + unused;
    if (this.#sealed !== undefined) return this.#sealed.push(chunk) - 1;
    // Mostly the only one: `push` on an empty array would make room for 17.
    this.#sealed = [chunk];
    return 0;
  }

  #dropBlock(): void {
    this.block = noBytes;
    this.#capacity = 0;
  }
}
