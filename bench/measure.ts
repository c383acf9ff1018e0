/** Measures one task in all implementations. Their passes alternate, so that noise affects all alike. */
import type { Implementation } from "./implementations.ts";
import { compare } from "./statistics.ts";
import type { Task } from "./task.ts";
import { WorkerProcess } from "./worker-process.ts";

export interface Measurement {
  readonly implementation: Implementation;
  /** CPU time per message, the median of all rounds. */
  readonly nanoseconds: number;
  /** See `Comparison`. */
  readonly ratio: number;
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
    return {
      task,
      measurements: workers.map(({ implementation }, index) => compareWith(implementation, times, index)),
    };
  } finally {
    for (const worker of workers) worker.end();
  }
}

/** Verifies before any timing that all implementations produce the same output. */
async function prepareAll(workers: readonly WorkerProcess[], task: Task): Promise<void> {
  let expected: string | undefined;
  // One after the other, because the machine may have a single core.
  for (const worker of workers) {
    const digest = await worker.prepare(task);
    expected ??= digest;
    if (digest !== expected)
      throw new Error(`${worker.implementation.title} returned ${digest} instead of ${expected}.`);
  }
}

function compareWith(
  implementation: Implementation,
  times: readonly (readonly number[])[],
  index: number,
): Measurement {
  const { median, ratio, spread } = compare(times[index] as readonly number[], times[0] as readonly number[]);
  return { implementation, nanoseconds: median, ratio, spread };
}
