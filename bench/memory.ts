/** Measures garbage per message, and memory that a peer can make an endpoint hold. */
import { type Effort, showProgress } from "./effort.ts";
import { heapFlags } from "./heap.ts";
import { bareImplementation, type Implementation, implementations } from "./implementations.ts";
import { cellsOf, type Row, type Table } from "./result.ts";
import { WorkerProcess } from "./worker-process.ts";

const garbageRows = [
  { workload: "t16", title: "garbage, text 16 B" },
  { workload: "t125", title: "garbage, text 125 B" },
  { workload: "b1k", title: "garbage, binary 1 KiB" },
];

export async function measureMemory(program: string, { quick }: Effort): Promise<Table> {
  const rows: Row[] = [];
  for (const { workload, title } of quick ? garbageRows.slice(0, 1) : garbageRows) {
    const bytes = await forEach(program, implementations, async (worker) => {
      await worker.prepare({ direction: "decode", role: "server", workload, chunk: 65_536 });
      return worker.garbage();
    });
    rows.push({ name: `garbage-${workload}`, title, cells: cellsOf(implementations, bytes) });
  }
  const held = await forEach(program, implementations, (worker) => worker.held("fragments"));
  rows.push({ name: "held", title: "held, fragment of 1 B", cells: cellsOf(implementations, held) });
  const whole = [...implementations.filter(({ name }) => name === "ws" || name === "hybi-host"), bareImplementation];
  const waiting = await forEach(program, whole, (worker) => worker.held("waiting"));
  rows.push({ name: "waiting", title: "held, text of 5,000 chars that waits", cells: cellsOf(whole, waiting) });
  return { name: "memory", title: "Memory", unit: "B", shows: "values", sampling: "one process each", rows };
}

async function forEach(
  program: string,
  implementations: readonly Implementation[],
  ask: (worker: WorkerProcess) => Promise<number>,
): Promise<number[]> {
  const bytes: number[] = [];
  for (const implementation of implementations) {
    const worker = new WorkerProcess(program, implementation, heapFlags);
    bytes.push(Math.max(0, await ask(worker)));
    worker.end();
  }
  showProgress();
  return bytes;
}
