/** One message byte by byte, in growing sizes: the cost per byte must not grow. */
import { type Effort, showProgress } from "./effort.ts";
import { implementations } from "./implementations.ts";
import { cellsOf, type Row, type Table } from "./result.ts";
import { quantile } from "./statistics.ts";
import { WorkerProcess } from "./worker-process.ts";
import { meanLength, workloadNamed } from "./workloads.ts";

const sizes = ["b1k", "b16k", "b64k", "b256k", "b1m"];
/** Sizes for `ws`, which takes seconds per message for larger ones. */
const sizesForPeers = ["b1k", "b16k", "b64k"];
const passes = 5;
const compared = implementations.filter(({ name }) => !name.endsWith("sink") && name !== "ws-native");

export async function measureLinearity(program: string, { quick }: Effort): Promise<Table> {
  const rows: Row[] = [];
  for (const workload of quick ? sizes.slice(0, 1) : sizes) {
    const { title } = workloadNamed(workload);
    const values: (number | undefined)[] = [];
    for (const implementation of compared) {
      const isTooSlow = implementation.name.startsWith("ws") && !sizesForPeers.includes(workload);
      if (isTooSlow) {
        values.push(undefined);
        continue;
      }
      const worker = new WorkerProcess(program, implementation);
      await worker.prepare({ direction: "decode", role: "server", workload, chunk: 1 });
      const times: number[] = [];
      for (let pass = 0; pass < passes; pass++) times.push(await worker.pass());
      worker.end();
      values.push(quantile(times, 0.5) / meanLength(workloadNamed(workload)));
    }
    rows.push({ name: workload, title, cells: cellsOf(compared, values) });
    showProgress();
  }
  return {
    name: "linearity",
    title: "One message byte by byte, per byte",
    unit: "ns",
    shows: "values",
    sampling: `medians of ${passes} passes, one process after the other`,
    rows,
  };
}
