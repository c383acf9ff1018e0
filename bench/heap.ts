/** Measures memory, in processes started with `heapFlags`. */

/** Exposes `gc()`, and makes the young generation so large that nothing is collected during a measurement. */
export const heapFlags: readonly string[] = ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128"];

function collect(): void {
  if (globalThis.gc === undefined) throw new Error("Started without --expose-gc.");
  globalThis.gc();
  globalThis.gc();
}

const passes = 25;
const warmUp = { milliseconds: 300 };

/**
 * Returns the bytes of heap that `run` allocates, garbage included: the median of several passes. There is no full
 * collection between passes, because it discards compiled code that depends on collected objects; the warm-up before
 * the first pass compiles it again.
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

/** Returns the bytes still held after `run`, on the heap and outside of it. */
export async function heldAfter(run: () => Promise<void> | void): Promise<number> {
  collect();
  const before = process.memoryUsage();
  await run();
  collect();
  const after = process.memoryUsage();
  return after.heapUsed - before.heapUsed + (after.external - before.external);
}
