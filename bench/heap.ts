/** Memory, in processes that were started with `heapFlags`. */

/** A young generation so large that nothing is collected meanwhile, and the means to collect. */
export const heapFlags: readonly string[] = ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128"];

function collect(): void {
  if (globalThis.gc === undefined) throw new Error("Started without --expose-gc.");
  globalThis.gc();
  globalThis.gc();
}

const passes = 25;
const warmUp = { milliseconds: 300 };

/**
 * Bytes that `run` takes of the heap, garbage included: the median of passes without a full collection between them,
 * which throws away compiled code that depends on what was collected. That is made good before the first pass.
 */
export function heapGrowth(prepare: () => void, run: () => void): number {
  collect();
  for (const start = performance.now(); performance.now() - start < warmUp.milliseconds; ) {
    prepare();
    run();
  }
  const growths: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    prepare();
    const before = process.memoryUsage().heapUsed;
    run();
    growths.push(process.memoryUsage().heapUsed - before);
  }
  return growths.sort((a, b) => a - b)[passes >> 1] as number;
}

/** Bytes that are still held after `run`, on the heap and outside of it. */
export function heldAfter(run: () => void): number {
  collect();
  const before = process.memoryUsage();
  run();
  collect();
  const after = process.memoryUsage();
  return after.heapUsed - before.heapUsed + (after.external - before.external);
}
