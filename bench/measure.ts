/** Measures one task in all implementations, side by side: their passes take turns, so that all suffer the same noise. */
import type { Implementation } from "./implementations.ts";
import type { Task } from "./task.ts";
import { WorkerProcess } from "./worker-process.ts";

export interface Measurement {
  readonly implementation: Implementation;
  /** CPU time of a message, the median of all rounds. */
  readonly nanoseconds: number;
  /** Times faster than the first implementation: the median of the ratios of each round. */
  readonly ratio: number;
  /** The middle half of those ratios lies within so many parts of the median: ±0.03 is 3 %. */
  readonly spread: number;
}

export interface MeasuredTask {
  readonly task: Task;
  readonly measurements: readonly Measurement[];
}

export async function measure(
  program: string,
  task: Task,
  implementations: readonly Implementation[],
  rounds: number,
): Promise<MeasuredTask> {
  const workers = implementations.map((implementation) => new WorkerProcess(program, implementation));
  try {
    await prepareAll(workers, task);
    const times: number[][] = workers.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, worker] of workers.entries()) {
        times[index]?.push(await worker.pass());
      }
    }
    return { task, measurements: workers.map(({ implementation }, index) => compare(implementation, times, index)) };
  } finally {
    for (const worker of workers) worker.end();
  }
}

/** What comes out must be the same everywhere before anything is timed. */
async function prepareAll(workers: readonly WorkerProcess[], task: Task): Promise<void> {
  let expected: string | undefined;
  // One after the other: the machine may have a single core.
  for (const worker of workers) {
    const digest = await worker.prepare(task);
    expected ??= digest;
    if (digest !== expected) throw new Error(`${worker.implementation.title} answers ${digest}, and not ${expected}.`);
  }
}

function compare(implementation: Implementation, times: readonly (readonly number[])[], index: number): Measurement {
  const own = times[index] as readonly number[];
  const reference = times[0] as readonly number[];
  const ratios = own.map((time, round) => (reference[round] as number) / time);
  const ratio = quantile(ratios, 0.5);
  return {
    implementation,
    nanoseconds: quantile(own, 0.5),
    ratio,
    spread: (quantile(ratios, 0.75) - quantile(ratios, 0.25)) / 2 / ratio,
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low + (high - low) * (at - Math.floor(at));
}
