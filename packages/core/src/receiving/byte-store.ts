/**
 * Stores the bytes of a message in progress. While a chunk is decoded, its parts are only referenced, so that a message
 * within one chunk is copied once. At the end of the chunk, parts that make up nearly all of it stay referenced;
 * everything else is copied into blocks that grow with the stored bytes. So a thousand fragments of one byte hold a few
 * KiB, not a thousand chunks, and memory never exceeds twice the bytes received. Only a message whose length is known gets
 * all of its memory as soon as a quarter has arrived.
 */

import { arrayCost } from "../bytes/byte-writer.ts";
import { scratchOf } from "../bytes/scratch.ts";
import { viewOf } from "../bytes/view-cache.ts";
import { longestCarved, type Slab } from "./slab.ts";

/** Parts shorter than this are copied at once: a view would cost as much. */
const shortPart = 128;
/** Average length in bytes from which parts are kept by reference, if they make up most of their chunk. */
const referenceThreshold = 4096;
const smallestBlock = 256;
const largestBlock = 65_536;

/** Overhead in bytes of a non-empty store, excluding its arrays. */
const storeCost = 256;

/**
 * A pool of blocks, by the logarithm of their size, by the rules of bytes/scratch.ts. A fresh block has to be zeroed
 * (bench/decode-task.ts, workload fragb).
 */
const pool: Uint8Array[][] = [];
/** Maximum free blocks of one size. */
const maxFree = 16;

/** Appends ranges and joins them at the end, after which it is empty again. */
export class ByteStore {
  #length = 0;
  /** In order: referenced parts and full blocks, then the current block, then the parts in the chunk being decoded. */
  readonly #parts: Uint8Array[] = [];
  #block: Uint8Array | undefined;
  #used = 0;
  readonly #waiting: Uint8Array[] = [];
  /** The blocks that parts are stored in. */
  readonly #blocks: Uint8Array[] = [];
  /** Memory in bytes of the blocks, of the referenced buffers and of `#message`. */
  #held = 0;
  /** The memory of the whole message, once `expect` has allocated it. Everything stored is in it. */
  #message: Uint8Array | undefined;

  get length(): number {
    return this.#length;
  }

  /** Memory held in bytes, counting whole blocks, and the whole buffer of a chunk of which a part is kept. */
  get heldLength(): number {
    return this.#length === 0 ? 0 : storeCost + this.#held;
  }

  /**
   * Announces that the message will have `total` bytes, of which `coming` are appended next. From a quarter on, the memory
   * of the whole is allocated, and further bytes are copied there only. Not earlier, because a peer need not send the bytes
   * it announces: memory stays within four times what it sent. A short message gets its memory with its last bytes,
   * because the application may transfer the slab, which contains earlier messages.
   */
  expect(total: number, coming: number, slab: Slab): void {
    const length = this.#length;
    if (this.#message !== undefined || (length + coming) * (total > longestCarved ? 4 : 1) < total) return;
    const message = allocate(total, slab);
    if (length > 0) this.#copyTo(message);
    this.#length = length;
    this.#message = message;
    this.#held = total + arrayCost;
  }

  /**
   * Appends `bytes[start, end)`. `stays` is whether the range will not change until `settle` is called. `endsChunk` is
   * whether no other range is appended until then: a short one is copied at once, without a view.
   */
  append(bytes: Uint8Array, start: number, end: number, stays: boolean, endsChunk = false): void {
    const at = this.#length;
    this.#length = at + end - start;
    if (this.#message !== undefined) copy(bytes, start, end, this.#message, at);
    else if (stays && (this.#waiting.length > 0 || end - start >= (endsChunk ? referenceThreshold : shortPart))) {
      this.#waiting.push(viewOf(bytes, start, end));
    } else this.#copy(bytes, start, end);
  }

  /** Ends the chunk: small parts must not keep all of it alive. */
  settle(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    let length = 0;
    for (const part of waiting) length += part.length;
    // Many short parts are copied even so: their views would take more memory than they save.
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

  /** Returns all bytes in memory that is never written again: part of the connection's `slab` if they are few. */
  join(slab: Slab): Uint8Array {
    const joined = this.#message ?? allocate(this.#length, slab);
    if (this.#message === undefined) this.#copyTo(joined);
    else this.#clear();
    return joined;
  }

  /** Returns all bytes at the start of an array that is valid only until the next call on any store. */
  joinBriefly(): Uint8Array {
    const block = this.#block;
    if (this.#parts.length === 0 && this.#waiting.length === 0 && block !== undefined) {
      giveBack(block);
      this.#clear();
      return block;
    }
    const joined = scratchOf(this.#length);
    this.#copyTo(joined);
    return joined;
  }

  /** Copies everything to `target` and empties the store. */
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
    // Setting the length is a call into the engine.
    if (this.#parts.length > 0) this.#parts.length = 0;
    if (this.#waiting.length > 0) this.#waiting.length = 0;
    if (this.#blocks.length > 0) this.#blocks.length = 0;
    this.#block = undefined;
    this.#message = undefined;
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

  /** Returns the room in the block, after allocating one if necessary. A new block is as large as what is stored already. */
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

/** Returns memory of `length` bytes that is never written again once it is filled. */
function allocate(length: number, slab: Slab): Uint8Array {
  return length > longestCarved ? new Uint8Array(length) : slab.carve(length);
}

function setAll(parts: readonly Uint8Array[], target: Uint8Array, from: number): number {
  let at = from;
  for (let index = 0; index < parts.length; index++) {
    target.set(parts[index]!, at);
    at += parts[index]!.length;
  }
  return at;
}

/** Returns a block of at least `size` bytes, and at most twice as many. Its content is undefined. */
function borrow(size: number): Uint8Array {
  const logarithm = 32 - Math.clz32(size - 1);
  return pool[logarithm]?.pop() ?? new Uint8Array(1 << logarithm);
}

/** Returns `block` to the pool. The caller may use it at most until the next call on any store. */
function giveBack(block: Uint8Array): void {
  const logarithm = 31 - Math.clz32(block.length);
  pool[logarithm] ??= [];
  if (pool[logarithm].length < maxFree) pool[logarithm].push(block);
}

// A call into the engine's memcpy costs as much as copying 24 bytes one by one.
const copyThreshold = 24;

function copy(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  // Most chunks within a long message are payload as a whole, and need no view.
  if (start === 0 && end === source.length && end >= copyThreshold) target.set(source, at);
  else if (end - start >= copyThreshold) target.set(viewOf(source, start, end), at);
  else for (let index = start; index < end; index++) target[at + index - start] = source[index]!;
}
