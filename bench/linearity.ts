/** One message byte by byte, in growing sizes: the cost per byte must not grow. */
import type { Implementation } from "./implementations.ts";
import { WorkerProcess } from "./worker-process.ts";

const sizes = ["b1k", "b16k", "b64k", "b256k", "b1m"];
/** Sizes for `ws`, which takes seconds per message for larger ones. */
const sizesForPeers = ["b1k", "b16k", "b64k"];

export interface LinearityRow {
  readonly workload: string;
  /** CPU time per message, by name of the implementation. */
  readonly nanoseconds: Readonly<Record<string, number>>;
}

export async function measureLinearity(
  program: string,
  implementations: readonly Implementation[],
): Promise<readonly LinearityRow[]> {
  const rows: LinearityRow[] = [];
  for (const workload of sizes) {
    const nanoseconds: Record<string, number> = {};
    for (const implementation of implementations) {
      if (implementation.name.startsWith("ws") && !sizesForPeers.includes(workload)) continue;
      const worker = new WorkerProcess(program, implementation);
      await worker.prepare({ direction: "decode", role: "server", workload, chunk: 1 });
      const times: number[] = [];
      for (let pass = 0; pass < 5; pass++) times.push(await worker.pass());
      worker.end();
      nanoseconds[implementation.name] = times.sort((a, b) => a - b)[2] as number;
    }
    rows.push({ workload, nanoseconds });
  }
  return rows;
}
