/**
 * Scratch memory, and the rules for everything that modules keep for the whole process. All connections share it, which is safe
 * because core is synchronous and runs in one thread:
 *
 * - **Scratch** is valid until the next call of the function that returned or fills it. It is never handed to the application and
 *   never kept. It is here, and as constants in `sha1` and `opening/key`.
 * - **A cache** remembers what was derived from the last array, and derives it again when the array is another one. It keeps no
 *   array alive beyond a chunk or block. Caches are `view-cache` and the last target of `text-encode`; and the frames of
 *   `sending/prepared-message`, each as long as the message from which it was derived.
 * - **A pool** lends each item to one borrower at a time, with undefined content, and keeps a bounded number of free ones. Pools
 *   are `block-pool` (output), `receiving/byte-store` (messages in progress) and `random-pool` (masking keys, each lent once).
 */

/** Maximum length of the scratch; longer requests get an array of their own. */
const scratchLimit = 1_048_576;

let scratch: Uint8Array = new Uint8Array(4096);

/** Returns at least `size` bytes of scratch, whose content is undefined. Allocating costs more than writing (bench/micro/opening.ts). */
export function scratchOf(size: number): Uint8Array {
  if (size > scratchLimit) return new Uint8Array(size);
  if (scratch.length < size) scratch = new Uint8Array(Math.min(scratchLimit, Math.max(size, scratch.length * 2)));
  return scratch;
}
