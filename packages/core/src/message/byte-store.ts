/**
 * The bytes of a message in progress. While a chunk is decoded its parts are only referred to, so that a message which
 * lies in one chunk is copied once. When the chunk ends, what is nearly all of it stays so; everything else is copied into
 * blocks that grow with what is stored. So a thousand fragments of one byte hold a few KiB and not a thousand chunks, and
 * memory never exceeds the bytes received by more than their own number.
 */

import { arrayCost } from "../bytes/byte-writer.ts";
import { viewOf } from "../bytes/words.ts";
import { longestCarved, type Slab } from "./slab.ts";

/** A part that is shorter is copied at once: a view of it costs as much. */
const shortPart = 128;
/** Parts of so many bytes or more, on average, are kept by reference if they are most of their chunk. */
const referenceThreshold = 4096;
const smallestBlock = 256;
const largestBlock = 65_536;

/** What a store takes that is not empty, beside its arrays. */
const storeCost = 256;

/** Blocks that no store uses any more, by the logarithm of their size: a fresh one has to be zeroed (bench, fragments). */
const freeBlocks: Uint8Array[][] = [];
const maxFreeBlocks = 16;

/** Messages up to this size are joined in memory that is used again and again, when only text is made of them. */
const scratchLimit = 1_048_576;
let scratch: Uint8Array = new Uint8Array(0);

/** Appends ranges, and joins them at the end; then it is empty again. */
export class ByteStore {
  #length = 0;
  /** In order: what is kept, what was copied since, and what lies in the chunk that is being decoded. */
  readonly #parts: Uint8Array[] = [];
  #block: Uint8Array | undefined;
  #used = 0;
  readonly #waiting: Uint8Array[] = [];
  /** The blocks that parts lie in. */
  readonly #blocks: Uint8Array[] = [];
  /** Bytes of memory that the blocks take, and what is kept by reference. */
  #held = 0;

  get length(): number {
    return this.#length;
  }

  /** Bytes of memory that it takes: of whole blocks, and of all of a chunk of which a part is kept. */
  get heldLength(): number {
    return this.#length === 0 ? 0 : storeCost + this.#held;
  }

  /** Appends `bytes[start, end)`. `stays` tells that the range will not change until `settle` is called, or ever. */
  append(bytes: Uint8Array, start: number, end: number, stays: boolean): void {
    this.#length += end - start;
    if (stays && (end - start >= shortPart || this.#waiting.length > 0)) this.#waiting.push(viewOf(bytes, start, end));
    else this.#copy(bytes, start, end);
  }

  /** The chunk ends: what lies in it must not keep all of it alive. */
  settle(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    let length = 0;
    for (const part of waiting) length += part.length;
    // Many short parts are copied all the same: their views would weigh more than what they spare.
    const isLong = length >= referenceThreshold * waiting.length;
    if (isLong && waiting[0]!.buffer.byteLength - length <= length >> 3) {
      this.#sealBlock();
      for (const part of waiting) this.#parts.push(part);
      this.#held += waiting[0]!.buffer.byteLength + arrayCost * waiting.length;
    } else {
      for (const part of waiting) this.#copy(part, 0, part.length);
    }
    waiting.length = 0;
  }

  /** All bytes, in memory that nobody writes to any more: that of the connection's `slab` if they are few. */
  join(slab: Slab): Uint8Array {
    const joined = this.#length > longestCarved ? new Uint8Array(this.#length) : slab.carve(this.#length);
    this.#copyTo(joined);
    return joined;
  }

  /** All bytes, at the start of an array that is valid until the next call on any store. */
  joinBriefly(): Uint8Array {
    const block = this.#block;
    if (this.#parts.length === 0 && this.#waiting.length === 0 && block !== undefined) {
      giveBack(block);
      this.#clear();
      return block;
    }
    const joined = this.#length > scratchLimit ? new Uint8Array(this.#length) : scratchOf(this.#length);
    this.#copyTo(joined);
    return joined;
  }

  /** Moves everything to `target`, and is empty then. */
  #copyTo(target: Uint8Array): void {
    let at = setAll(this.#parts, target, 0);
    const block = this.#block;
    if (block !== undefined) {
      target.set(block.subarray(0, this.#used), at);
      at += this.#used;
      giveBack(block);
    }
    setAll(this.#waiting, target, at);
    for (let index = 0; index < this.#blocks.length; index++) giveBack(this.#blocks[index]!);
    this.#clear();
  }

  #clear(): void {
    this.#length = 0;
    this.#held = 0;
    this.#parts.length = 0;
    this.#waiting.length = 0;
    this.#blocks.length = 0;
    this.#block = undefined;
  }

  #copy(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      const step = Math.min(end - at, this.#room(end - at));
      copy(bytes, at, at + step, this.#block!, this.#used);
      this.#used += step;
      at += step;
    }
  }

  /** Room in the block, in a new one where there is none. A new block is as large as what is stored already. */
  #room(wanted: number): number {
    if (this.#block === undefined || this.#used === this.#block.length) {
      this.#sealBlock();
      this.#block = borrow(Math.min(largestBlock, Math.max(wanted, this.#length, smallestBlock)));
      this.#held += this.#block.length + arrayCost;
    }
    return this.#block.length - this.#used;
  }

  #sealBlock(): void {
    if (this.#block !== undefined) {
      this.#parts.push(this.#block.subarray(0, this.#used));
      this.#blocks.push(this.#block);
    }
    this.#block = undefined;
    this.#used = 0;
  }
}

function setAll(parts: readonly Uint8Array[], target: Uint8Array, from: number): number {
  let at = from;
  for (let index = 0; index < parts.length; index++) {
    target.set(parts[index]!, at);
    at += parts[index]!.length;
  }
  return at;
}

/** At least `size` bytes, at most `scratchLimit`. */
function scratchOf(size: number): Uint8Array {
  if (scratch.length < size) scratch = new Uint8Array(Math.min(scratchLimit, Math.max(size, scratch.length * 2)));
  return scratch;
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
