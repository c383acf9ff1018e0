/**
 * The bytes of a message in progress. A chunk that is nearly all message is kept by reference; everything else is
 * copied into blocks that grow with what is stored. So a thousand fragments of one byte hold a few KiB and not a
 * thousand chunks, and memory never exceeds the bytes received by more than their own number.
 */

import { viewOf } from "../bytes/words.ts";
import { longestCarved, type Slab } from "./slab.ts";

/** A part of this size or more is kept by reference if it is most of its buffer. */
const referenceThreshold = 4096;
const smallestBlock = 256;
const largestBlock = 65_536;

/** Blocks that no store uses any more, by the logarithm of their size: a fresh one has to be zeroed (bench, fragments). */
const freeBlocks: Uint8Array[][] = [];
const maxFreeBlocks = 16;

/** Messages up to this size are joined in memory that is used again and again, when only text is made of them. */
const scratchLimit = 1_048_576;
let scratch: Uint8Array = new Uint8Array(0);

/** Appends ranges, and joins them at the end. */
export class ByteStore {
  #length = 0;
  readonly #parts: Uint8Array[] = [];
  /** The blocks that parts lie in. */
  readonly #blocks: Uint8Array[] = [];
  #block: Uint8Array | undefined;
  #used = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends `bytes[start, end)`. `stays` tells that the range will not change, so that it may be kept by reference. */
  append(bytes: Uint8Array, start: number, end: number, stays: boolean): void {
    const length = end - start;
    if (stays && length >= referenceThreshold && bytes.buffer.byteLength - length <= length >> 3) {
      this.#sealBlock();
      this.#parts.push(viewOf(bytes, start, end));
      this.#length += length;
      return;
    }
    let at = start;
    while (at < end) {
      const room = this.#room(end - at);
      const step = Math.min(end - at, room);
      copy(bytes, at, at + step, this.#block!, this.#used);
      this.#used += step;
      this.#length += step;
      at += step;
    }
  }

  /** All bytes, in memory that nobody writes to any more: that of the connection's `slab` if they are few. */
  join(slab: Slab): Uint8Array {
    const joined = this.#length > longestCarved ? new Uint8Array(this.#length) : slab.carve(this.#length);
    this.#copyTo(joined);
    return joined;
  }

  /** All bytes, at the start of an array that is valid until the next call on any store. */
  joinBriefly(): Uint8Array {
    if (this.#parts.length === 0 && this.#block !== undefined) {
      giveBack(this.#block);
      return this.#block;
    }
    if (this.#length > scratchLimit) return this.#joinLarge();
    if (scratch.length < this.#length) {
      scratch = new Uint8Array(Math.min(scratchLimit, Math.max(this.#length, scratch.length * 2)));
    }
    this.#copyTo(scratch);
    return scratch;
  }

  #joinLarge(): Uint8Array {
    const joined = new Uint8Array(this.#length);
    this.#copyTo(joined);
    return joined;
  }

  #copyTo(target: Uint8Array): void {
    this.#sealBlock();
    let at = 0;
    for (const part of this.#parts) {
      target.set(part, at);
      at += part.length;
    }
    for (const block of this.#blocks) giveBack(block);
  }

  /** Room in the block, in a new one where there is none. A new block is as large as what is stored already. */
  #room(wanted: number): number {
    if (this.#block === undefined || this.#used === this.#block.length) {
      this.#sealBlock();
      this.#block = borrow(Math.min(largestBlock, Math.max(wanted, this.#length, smallestBlock)));
    }
    return this.#block.length - this.#used;
  }

  #sealBlock(): void {
    if (this.#block !== undefined) {
      this.#parts.push(this.#used === this.#block.length ? this.#block : this.#block.subarray(0, this.#used));
      this.#blocks.push(this.#block);
    }
    this.#block = undefined;
    this.#used = 0;
  }
}

/** A block of at least `size` bytes, and at most twice as many. What it contains is undefined. */
function borrow(size: number): Uint8Array {
  const logarithm = 32 - Math.clz32(size - 1);
  return freeBlocks[logarithm]?.pop() ?? new Uint8Array(1 << logarithm);
}

/** The caller has no use for `block` any more, or none beyond the next call of any store. */
function giveBack(block: Uint8Array): void {
  const logarithm = 31 - Math.clz32(block.length);
  freeBlocks[logarithm] ??= [];
  if (freeBlocks[logarithm].length < maxFreeBlocks) freeBlocks[logarithm].push(block);
}

// A call into the engine's memcpy costs as much as 24 bytes one by one.
const copyThreshold = 24;

function copy(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  if (end - start >= copyThreshold) target.set(viewOf(source, start, end), at);
  else for (let index = start; index < end; index++) target[at + index - start] = source[index]!;
}
