/** The tasks that a worker can measure. */
import type { Role } from "./peers/receivers.ts";

/** One row of a table. */
export interface Task {
  readonly direction: "decode" | "encode" | "handshake" | "broadcast";
  readonly role: Role;
  /** Name of a workload. */
  readonly workload: string;
  /** Size in bytes of the chunks that arrive; for decoding only. */
  readonly chunk: number;
  /** Messages per turn of the event loop; for encoding only. Default: as many as a turn may have. */
  readonly perTurn?: number;
}

/** A task prepared for one implementation. */
export interface PreparedTask {
  /** Messages per run. */
  readonly messages: number;
  /** Runs once and returns a digest of all output. */
  verify(): string;
  /** Runs once and returns the CPU time in microseconds, of all threads of the process. */
  time(): Promise<number>;
  /** Runs once and returns the bytes of garbage per message: the growth of the heap. */
  garbage?(): number;
}

/** Returns the CPU time of the process since its start, including garbage collection and compilation on other threads. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Resolves once work deferred until the stack is empty has been done. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Returns the overhead in microseconds of reading the clock, waiting for a turn, and reading it again. */
export async function measureNothing(): Promise<number> {
  const samples: number[] = [];
  for (let sample = 0; sample < 501; sample++) {
    const start = cpuTime();
    await nextTurn();
    samples.push(cpuTime() - start);
  }
  return samples.sort((a, b) => a - b)[250] as number;
}
