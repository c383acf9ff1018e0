/**
 * A pool of output blocks that transports have handed back. A fresh block of 64 KiB costs 3 to 6 µs, most of it zeroing;
 * reusing one costs nothing and produces no garbage (bench/encode-task.ts). A pool by the rules of `scratch`.
 */

/** Size in bytes of the pooled blocks: the largest frame that is packed, with its header. */
export const blockSize: number = 65_536 + 64;

/** 4 MiB: enough for the output of one turn of a busy server. */
const maxFree = 64;

/** Largest array in bytes that V8 keeps in its own heap, where allocating costs less than going through the pool. */
const smallBlock = 64;
/** Slightly more than the longest frame header. */
const headerOnly = 16;

/**
 * Blocks allocated up front for transports that hand chunks back. Such a transport gets a large block even for short
 * output, because it comes back at once, while allocating a block of the exact size every turn costs a tenth of a whole
 * echo. Only a few, because a transport may also keep them.
 */
const maxSeeds = 4;

const free: Uint8Array[] = [];
let seeds = 0;

/** Owner id of a block from which nothing has been taken yet. */
const nobody = 0;

/** A block whose content is in use by a transport. */
interface Loan {
  readonly block: Uint8Array;
  /** The part of the block that was lent. Usually it is the only chunk, and is found by identity, without reading its buffer. */
  readonly lent: Uint8Array;
  /** Bytes that have not been returned yet. */
  left: number;
  /** Id of the owner of the output in this block. */
  owner: number;
  /** End of what the owner has taken. Output is taken in order, so everything before it has been taken already. */
  taken: number;
}

/**
 * The most recent loan. A transport usually returns a block before the next one is lent, so the loan is found here
 * without a lookup in `outstanding`, which costs as much as writing a short message.
 */
let latest: Loan | undefined;
/** Earlier loans. Weak, so that a transport need never return them. */
const outstanding = new WeakMap<ArrayBufferLike, Loan>();
let owners = nobody;

/** Returns a new owner id for the output of one connection. */
export function newOwner(): number {
  return ++owners;
}

/** Returns a block of at least `size` bytes. Its content is undefined. */
export function borrowBlock(size: number): Uint8Array {
  if (size > smallBlock && size <= blockSize && free.length > 0) return free.pop()!;
  return new Uint8Array(size);
}

/** Whether `borrowBlock` returns a reused block for `size` bytes. */
export function hasFreeBlock(size: number): boolean {
  return size <= blockSize && free.length > 0;
}

/** Records that `lent`, the beginning of `block`, is passed to a transport, in one or more chunks. */
export function lendBlock(block: Uint8Array, lent: Uint8Array): void {
  if (block.length !== blockSize) return;
  if (latest !== undefined) outstanding.set(latest.block.buffer, latest);
  latest = { block, lent, left: lent.length, owner: nobody, taken: 0 };
}

/**
 * Records that `owner` takes `chunk` to write it. Returns whether the chunk is part of a lent block that this owner must
 * return. A connection that forwards a chunk as the payload of a message, as a tunnel does, does not own it.
 */
export function claimChunk(chunk: Uint8Array, owner: number): boolean {
  const loan = loanOf(chunk);
  if (loan === undefined) return false;
  // Usually the chunk is everything that was lent, from the start of the block. Reading `byteOffset` is a call in V8 11.
  const start = chunk === loan.lent ? 0 : chunk.byteOffset;
  if (start < loan.taken) return false;
  if (loan.owner === nobody) loan.owner = owner;
  if (loan.owner !== owner) return false;
  loan.taken = start + chunk.length;
  return true;
}

/** Returns one part of a lent block; each part must be returned once. Ignores chunks that are not from the pool. */
export function returnChunk(chunk: Uint8Array): void {
  const loan = loanOf(chunk);
  if (loan === undefined) return;
  loan.left -= chunk.length;
  if (loan.left > 0) return;
  if (loan === latest) latest = undefined;
  else outstanding.delete(chunk.buffer);
  if (free.length < maxFree) free.push(loan.block);
}

/** Returns a borrowed block of which nothing was lent. Ignores other blocks. */
export function returnUnused(block: Uint8Array): void {
  if (block.length === blockSize && free.length < maxFree) free.push(block);
}

/** Called when a transport has handed back `chunk`, whatever its origin. */
export function noteHandedBack(chunk: Uint8Array): void {
  if (chunk.length <= headerOnly || seeds === maxSeeds || free.length > 0) return;
  seeds++;
  free.push(new Uint8Array(blockSize));
}

/**
 * Whether `chunk` is everything that was lent of a block to `owner`, by identity (not a view of it), with nothing
 * returned yet.
 */
export function isWholeLoan(chunk: Uint8Array, owner: number): boolean {
  const loan = loanOf(chunk);
  return loan !== undefined && loan.lent === chunk && loan.owner === owner && chunk.length === loan.left;
}

function loanOf(chunk: Uint8Array): Loan | undefined {
  if (latest !== undefined && latest.lent === chunk) return latest;
  // A short chunk nearly always is an array of its own, and reading its buffer would make V8 move it out of its heap
  // (bench/encode-task.ts, workload t16). A short chunk that does lie in a block costs the pool that block.
  if (chunk.length <= smallBlock) return undefined;
  const { buffer } = chunk;
  if (latest !== undefined && latest.block.buffer === buffer) return latest;
  return buffer.byteLength === blockSize ? outstanding.get(buffer) : undefined;
}
