/** Measures one task in all implementations. Their passes alternate, so that noise affects all alike. */
import type { Effort } from "./effort.ts";
import type { Implementation } from "./implementations.ts";
import { comparedCells, type Row } from "./result.ts";
import type { Task } from "./task.ts";
import { WorkerProcess } from "./worker-process.ts";
import { findWorkload } from "./workloads.ts";

/** Returns the row of a task: the CPU time per message in nanoseconds. */
export async function measure(
  program: string,
  task: Task,
  implementations: readonly Implementation[],
  { rounds, share }: Effort,
): Promise<Row> {
  const workers = implementations.map((implementation) => new WorkerProcess(program, implementation));
  try {
    await prepareAll(workers, task, share);
    const times: number[][] = workers.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, worker] of workers.entries()) times[index]?.push(await worker.pass());
    }
    const cells = comparedCells(implementations, times);
    return { name: task.workload, title: findWorkload(task.workload)?.title ?? task.workload, cells };
  } finally {
    for (const worker of workers) worker.end();
  }
}

/** Verifies before any timing that all implementations produce the same output. */
async function prepareAll(workers: readonly WorkerProcess[], task: Task, share: number): Promise<void> {
  let expected: string | undefined;
  // One after the other, because the machine may have a single core.
  for (const worker of workers) {
    const digest = await worker.prepare(task, share);
    expected ??= digest;
    if (digest !== expected)
      throw new Error(`${worker.implementation.title} returned ${digest} instead of ${expected}.`);
  }
}
