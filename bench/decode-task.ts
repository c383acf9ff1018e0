/** Decoding a stream of frames, cut into chunks. The chunks are restored before every pass because unmasking changes them. */

import { heapGrowth } from "./heap.ts";
import { digestOf, Ledger } from "./ledger.ts";
import { receiver } from "./peers/receivers.ts";
import { cpuTime, measureNothing, nextTurn, type PreparedTask, type Task } from "./task.ts";
import { encodeMessage } from "./wire.ts";
import { type Workload, workloadNamed } from "./workloads.ts";

/**
 * Minimum length of the stream in bytes. With the chunks that hold it, it fits the second-level cache of a core, like
 * bytes that a socket has just delivered.
 */
const streamLength = { chunks: 524_288, bytes: 8192 };

export async function prepareDecode(task: Task, implementation: string): Promise<PreparedTask> {
  const cpuTimeOfNothing = await measureNothing();
  const workload = workloadNamed(task.workload);
  const cutting = task.chunk === 1 ? "bytes" : "chunks";
  const { stream, messages } = streamOf(workload, task.role === "server", streamLength[cutting]);
  const chunks = cut(stream, task.chunk, implementation.startsWith("ws"));
  const ledger = new Ledger();
  const receive = receiver(implementation, task.role, ledger);
  const originals = chunks.map((chunk, index) => stream.slice(index * task.chunk, index * task.chunk + chunk.length));
  const restore = (): void => {
    // Without garbage, which would be collected during the next pass.
    for (let index = 0; index < chunks.length; index++) chunks[index]?.set(originals[index] as Uint8Array);
  };
  const run = (): void => {
    for (const chunk of chunks) receive(chunk);
  };
  let expectedSum: number | undefined;
  return {
    messages,
    verify: () => {
      restore();
      return digestOf(ledger, run);
    },
    time: async () => {
      restore();
      ledger.clear();
      const start = cpuTime();
      run();
      await nextTurn();
      const spent = cpuTime() - start - cpuTimeOfNothing;
      expectedSum ??= ledger.sum;
      if (ledger.count !== messages || ledger.sum !== expectedSum)
        throw new Error("The messages differ from those of the previous pass.");
      return spent;
    },
    garbage: () => heapGrowth(restore, run) / messages,
  };
}

function streamOf(workload: Workload, masked: boolean, length: number): { stream: Uint8Array; messages: number } {
  const frames: Uint8Array[] = [];
  let messages = 0;
  for (let bytes = 0; bytes < length; ) {
    for (const message of workload.cycle) {
      const frame = encodeMessage(message, masked, messages++);
      frames.push(frame);
      bytes += frame.length;
    }
  }
  return { stream: Uint8Array.from(Buffer.concat(frames)), messages };
}

/** Chunks with a buffer each, as a socket delivers them: Buffers for `ws`, which accepts nothing else, plain arrays for hybi. */
function cut(stream: Uint8Array, size: number, asBuffers: boolean): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += size) {
    const chunk = new Uint8Array(Math.min(size, stream.length - at));
    chunks.push(asBuffers ? Buffer.from(chunk.buffer) : chunk);
  }
  return chunks;
}
