/**
 * Blocks of output that a transport has handed back, to be written again. A fresh block of 64 KiB costs 3 to 6 µs,
 * most of it zeroing; a reused one costs nothing, and no garbage (bench/encode).
 */

/** Bytes of a block worth keeping: the largest frame that is packed, with its header. */
export const blockSize: number = 65_536 + 64;

/** 4 MiB: enough for the output of one turn of a busy server. */
const maxFree = 64;

/** What V8 keeps in its own heap, where an array costs less than the way through the pool. */
const smallBlock = 64;
/** The longest header of a frame, and a little more. */
const headerOnly = 16;

/**
 * A transport that hands chunks back is lent a few large blocks even for short output: they come back at once, while a
 * block made to measure for every turn costs a tenth of a whole echo. Few, as a transport may also keep them.
 */
const maxSeeds = 4;

const free: Uint8Array[] = [];
let seeds = 0;

/** Nobody has taken anything of the block yet. */
const nobody = 0;

/** A block that is on its way. */
interface Loan {
  readonly block: Uint8Array;
  /** What is lent of it. Mostly that is the one chunk, which is found without a look at any buffer. */
  readonly whole: Uint8Array;
  /** Bytes that are not back. */
  left: number;
  /** Whose output lies in it. */
  owner: number;
  /** The end of what its owner has taken. Output is taken in order, so that what lies before it was taken already. */
  taken: number;
}

/**
 * The block lent last. A transport mostly hands a block back before the next is lent: so it is found without a look into
 * `outstanding`, which costs as much as writing a short message.
 */
let latest: Loan | undefined;
/** Those before it. Weak, so that a transport is free never to hand them back. */
const outstanding = new WeakMap<ArrayBufferLike, Loan>();
let owners = nobody;

/** A name for whose output lies in a block. */
export function newOwner(): number {
  return ++owners;
}

/** A block of at least `size` bytes. What it contains is undefined. */
export function borrowBlock(size: number): Uint8Array {
  if (size > smallBlock && size <= blockSize && free.length > 0) return free.pop()!;
  return new Uint8Array(size);
}

/** Notes that `whole`, the beginning of `block`, is on its way to a transport, in one or more chunks. */
export function lendBlock(block: Uint8Array, whole: Uint8Array): void {
  if (block.length !== blockSize) return;
  if (latest !== undefined) outstanding.set(latest.block.buffer, latest);
  latest = { block, whole, left: whole.length, owner: nobody, taken: 0 };
}

/**
 * `owner` takes `chunk` to write it. Returns whether it is a part of a block that is lent, which this owner is to return.
 * Whoever sends a chunk on as the payload of a message, as a tunnel does, does not own it.
 */
export function claimChunk(chunk: Uint8Array, owner: number): boolean {
  const loan = loanOf(chunk);
  if (loan === undefined || chunk.byteOffset < loan.taken) return false;
  if (loan.owner === nobody) loan.owner = owner;
  if (loan.owner !== owner) return false;
  loan.taken = chunk.byteOffset + chunk.length;
  return true;
}

/** Takes back a part of a block that was lent; each once. What is not ours is left alone. */
export function returnChunk(chunk: Uint8Array): void {
  const loan = loanOf(chunk);
  if (loan === undefined) return;
  loan.left -= chunk.length;
  if (loan.left > 0) return;
  if (loan === latest) latest = undefined;
  else outstanding.delete(chunk.buffer);
  if (free.length < maxFree) free.push(loan.block);
}

/** A transport has handed back `chunk`, of whatever origin. */
export function noteHandedBack(chunk: Uint8Array): void {
  if (chunk.length <= headerOnly || seeds === maxSeeds || free.length > 0) return;
  seeds++;
  free.push(new Uint8Array(blockSize));
}

/** Whether `chunk` is all that was lent of a block to `owner`, the very array and no view of it, and none of it is back. */
export function isWholeLoan(chunk: Uint8Array, owner: number): boolean {
  const loan = loanOf(chunk);
  return loan !== undefined && loan.whole === chunk && loan.owner === owner && chunk.length === loan.left;
}

function loanOf(chunk: Uint8Array): Loan | undefined {
  if (latest !== undefined && latest.whole === chunk) return latest;
  // A short chunk nearly always lies in an array of its own, which V8 would move out of its heap to show its buffer (bench,
  // encode 16 B). In a block, it costs that block.
  if (chunk.length <= smallBlock) return undefined;
  const { buffer } = chunk;
  if (latest !== undefined && latest.block.buffer === buffer) return latest;
  return buffer.byteLength === blockSize ? outstanding.get(buffer) : undefined;
}
