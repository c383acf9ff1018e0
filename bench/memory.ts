/** Measures garbage per message, and memory that a peer can make an endpoint hold. */
import { heapFlags } from "./heap.ts";
import type { Implementation } from "./implementations.ts";
import { WorkerProcess } from "./worker-process.ts";

export interface MemoryRow {
  readonly name: string;
  readonly title: string;
  /** Bytes by name of the implementation. */
  readonly bytes: Readonly<Record<string, number>>;
}

const garbageRows = [
  { workload: "t16", title: "garbage, text 16 B" },
  { workload: "t125", title: "garbage, text 125 B" },
  { workload: "b1k", title: "garbage, binary 1 KiB" },
];

export async function measureMemory(
  program: string,
  implementations: readonly Implementation[],
): Promise<readonly MemoryRow[]> {
  const rows: MemoryRow[] = [];
  for (const { workload, title } of garbageRows) {
    const bytes = await forEach(program, implementations, async (worker) => {
      await worker.prepare({ direction: "decode", role: "server", workload, chunk: 65_536 });
      return worker.garbage();
    });
    rows.push({ name: `garbage-${workload}`, title, bytes });
  }
  const held = await forEach(program, implementations, (worker) => worker.held());
  rows.push({ name: "held", title: "held, fragment of 1 B", bytes: held });
  return rows;
}

async function forEach(
  program: string,
  implementations: readonly Implementation[],
  ask: (worker: WorkerProcess) => Promise<number>,
): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  for (const implementation of implementations) {
    const worker = new WorkerProcess(program, implementation, heapFlags);
    bytes[implementation.name] = await ask(worker);
    worker.end();
  }
  return bytes;
}
