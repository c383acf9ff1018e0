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
/**
 * The block lent last, and its bytes that are not back yet. A transport mostly hands a block back before the next is lent:
 * so it is found without a look into `outstanding`, which costs as much as writing a short message.
 */
let latest: Uint8Array | undefined;
let latestLeft = 0;
/** The same of the blocks before it. Weak, so that a transport is free never to hand them back. */
const outstanding = new WeakMap<ArrayBufferLike, number>();

/** A block of at least `size` bytes. What it contains is undefined. */
export function borrowBlock(size: number): Uint8Array {
  if (size > smallBlock && size <= blockSize && free.length > 0) return free.pop()!;
  return new Uint8Array(size);
}

/** Notes that `block[0, used)` is on its way to a transport, in one or more chunks. */
export function lendBlock(block: Uint8Array, used: number): void {
  if (block.length !== blockSize) return;
  if (latest !== undefined) outstanding.set(latest.buffer, latestLeft);
  latest = block;
  latestLeft = used;
}

/** Takes back a chunk that the transport has written. What is not ours, and what came back before, is left alone. */
export function returnChunk(chunk: Uint8Array): void {
  // A header alone lies in a small array, which V8 would move out of its heap to show its buffer (bench, encode 16 KiB).
  if (chunk.length <= headerOnly) return;
  if (seeds < maxSeeds && free.length === 0) {
    seeds++;
    free.push(new Uint8Array(blockSize));
  }
  const { buffer } = chunk;
  if (latest !== undefined && latest.buffer === buffer) {
    latestLeft -= chunk.length;
    if (latestLeft > 0) return;
    keep(latest);
    latest = undefined;
    return;
  }
  const left = outstanding.get(buffer);
  if (left === undefined) return;
  if (chunk.length < left) {
    outstanding.set(buffer, left - chunk.length);
    return;
  }
  outstanding.delete(buffer);
  keep(new Uint8Array(buffer));
}

function keep(block: Uint8Array): void {
  if (free.length < maxFree) free.push(block);
}
