/**
 * Draws from the injected source of randomness. Predictable keys are as bad as none (RFC 6455 §10.3), so a source that
 * obviously does not deliver randomness is rejected. Every draw is checked, because a source may fail later.
 */
import { isThenable, quiet } from "../checks/callback-result.ts";
import { UsageError } from "../checks/usage-error.ts";

/** Fills `target` with unpredictable bytes, for example `(target) => crypto.getRandomValues(target)`. */
export type RandomSource = (target: Uint8Array<ArrayBuffer>) => unknown;

/** Fill bytes of the target before the first and the second draw. A byte that keeps its mark was probably not drawn. */
const marks: readonly number[] = [0xa5, 0x5a];

/** Leading bytes that are checked one by one, as many as a nonce has. The rest is checked in runs of four. */
const looked = 16;
/** A good source leaves more than this many of them unchanged in one of 3 × 10^10 draws, and never in two draws in a row. */
const mostUntouched = 5;
const run = 4;

/**
 * Fills `target`, of at least 16 bytes, from `source`.
 *
 * @throws UsageError `option/random` when the source throws, returns a promise, leaves bytes unchanged, or fills in
 * zeros
 */
export function drawRandom(source: RandomSource, target: Uint8Array<ArrayBuffer>): void {
  for (const mark of marks) {
    target.fill(mark);
    call(source, target);
    if (!isUntouched(target, mark) && !isZero(target)) return;
  }
  throw new UsageError("option/random", "It left bytes unchanged, or filled in zeros.");
}

function call(source: RandomSource, target: Uint8Array<ArrayBuffer>): void {
  let result: unknown;
  try {
    result = source(target);
  } catch (error) {
    throw new UsageError("option/random", `It threw: ${error}`, { cause: error });
  }
  if (!isThenable(result)) return;
  // The promise may reject as well; ignore that.
  quiet(result);
  throw new UsageError("option/random", "It returned a promise.");
}

function isUntouched(target: Uint8Array, mark: number): boolean {
  let untouched = 0;
  for (let at = 0; at < looked; at++) if (target[at] === mark) untouched++;
  if (untouched > mostUntouched) return true;
  let runs = 0;
  for (let at = run; at <= target.length; at += run) {
    const isRun =
      target[at - 4] === mark && target[at - 3] === mark && target[at - 2] === mark && target[at - 1] === mark;
    if (isRun) runs++;
  }
  // A single run in 8 KiB occurs by chance now and then.
  return runs > 1 || (runs === 1 && target.length === looked);
}

function isZero(target: Uint8Array): boolean {
  for (let at = 0; at < looked; at++) if (target[at] !== 0) return false;
  return true;
}
