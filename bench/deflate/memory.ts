/** Memory of an idle connection after one message each way, by the agreed parameters. Each row has a process of its own. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { bundle } from "../bundle.ts";
import type { MemoryCase } from "./memory-worker.ts";

const noTakeover = [
  ["server_no_context_takeover", undefined],
  ["client_no_context_takeover", undefined],
] as const;
const small = [
  ["server_max_window_bits", "10"],
  ["client_max_window_bits", "10"],
] as const;

const titles: readonly (readonly [string, MemoryCase["parameters"], number])[] = [
  ["windows of 32 KiB, kept", [], 8],
  ["windows of 32 KiB, kept, memoryLevel 5", [], 5],
  ["windows of 1 KiB, kept", small, 8],
  ["windows of 1 KiB, kept, memoryLevel 1", small, 1],
  ["nothing kept", noTakeover, 8],
];

export async function printMemory(): Promise<void> {
  const program = await bundle("deflate/memory-worker");
  console.log("| | codec | RSS, KiB | heap and buffers, KiB |");
  console.log("| --- | --- | ---: | ---: |");
  for (const [title, parameters, memoryLevel] of titles) {
    for (const codec of ["zlib", "portable"] as const) {
      const worker = fork(program, { execArgv: ["--expose-gc"], serialization: "advanced" });
      worker.send({ codec, parameters, memoryLevel } satisfies MemoryCase);
      const [{ rss, heap }] = (await once(worker, "message")) as [{ rss: number; heap: number }];
      console.log(`| ${title} | ${codec} | ${rss.toFixed(0)} | ${heap.toFixed(0)} |`);
      worker.disconnect();
    }
  }
}
