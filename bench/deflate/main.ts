/**
 * Compares compression with that of `ws`, in one run: `tsx --conditions=@hybi/source bench/deflate/main.ts [--rounds 15]
 * [--memory]`. Each implementation runs in a process of its own, their passes alternate, and the CPU time includes the
 * thread pool. The first tables measure a connection, from messages to frames and back; the others the codecs alone.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { bundle } from "../bundle.ts";
import { printMemory } from "./memory.ts";
import type { Prepared } from "./worker.ts";
import type { Workload } from "./workload.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "11" }, memory: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
const names = ["ws", "hybi, portable", "hybi, zlib"];
const program = await bundle("deflate/worker");

console.log(`Node ${process.version}, ${cpus()[0]?.model}; CPU time, medians of ${rounds} rounds, ratios to ws.`);
if (values.memory) {
  console.log("\nHeld by an idle connection after one message each way\n");
  await printMemory();
}
for (const layer of values.memory ? [] : (["connection", "codec"] as const)) {
  console.log(`\n${layer === "connection" ? "A connection: messages to frames, and back" : "The codec alone"}\n`);
  console.log("| | window | | ratio | µs | messages/s | MB/s | to ws |");
  console.log("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |");
  for (const direction of ["deflate", "inflate"] as const) {
    for (const size of [200, 2048, 65_536] as const) {
      for (const takeover of [true, false]) await compare({ layer, direction, size, takeover });
    }
  }
}

async function compare(workload: Workload): Promise<void> {
  const workers = names.map((name) => fork(program, [name]));
  try {
    const prepared: Prepared[] = [];
    for (const worker of workers) prepared.push((await ask(worker, workload)) as Prepared);
    if (prepared.some(({ digest }) => digest !== prepared[0]?.digest))
      throw new Error("The implementations produce different output.");
    const times: number[][] = names.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, worker] of workers.entries()) times[index]?.push((await ask(worker, "pass")) as number);
    }
    for (const [index, name] of names.entries()) {
      print(workload, name, prepared[index] as Prepared, times[index] as number[], times[0] as number[]);
    }
  } finally {
    for (const worker of workers) worker.disconnect();
  }
}

async function ask(worker: ChildProcess, request: Workload | "pass"): Promise<unknown> {
  worker.send(request);
  const [answer] = await Promise.race([
    once(worker, "message"),
    once(worker, "exit").then(() => {
      throw new Error("A worker has exited.");
    }),
  ]);
  return answer;
}

function print(
  { direction, size, takeover }: Workload,
  name: string,
  prepared: Prepared,
  own: number[],
  reference: number[],
): void {
  const microseconds = median(own) / prepared.messages;
  const cells = [
    `${direction} ${size} B`,
    takeover ? "kept" : "new",
    name,
    (prepared.bytes / prepared.compressed).toFixed(2),
    microseconds.toPrecision(3),
    Math.round(1e6 / microseconds).toLocaleString("en"),
    (prepared.bytes / median(own)).toPrecision(3),
    `${median(own.map((time, round) => (reference[round] as number) / time)).toPrecision(3)}×`,
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
