/** What a worker is asked to measure. */
import type { Role } from "./peers/receivers.ts";

/** One row of a table. */
export interface Task {
  readonly direction: "decode" | "encode" | "handshake";
  readonly role: Role;
  /** Name of a workload. */
  readonly workload: string;
  /** Bytes of the chunks that arrive; for decode only. */
  readonly chunk: number;
}

/** A task made ready in one implementation. */
export interface PreparedTask {
  /** Messages of one run. */
  readonly messages: number;
  /** Runs once and digests everything that came out. */
  verify(): string;
  /** Runs once and answers the microseconds of CPU time, of all threads of the process. */
  time(): Promise<number>;
  /** Runs once and answers the bytes by which the heap grew for each message, which are garbage now. */
  garbage?(): number;
}

/** CPU time of the whole process since it began, garbage collection and compilation on other threads included. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** After it, work that was put off until the stack is empty has been done. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Microseconds that it takes to look at the clock, wait for a turn, and look again. */
export async function measureNothing(): Promise<number> {
  const samples: number[] = [];
  for (let sample = 0; sample < 501; sample++) {
    const start = cpuTime();
    await turn();
    samples.push(cpuTime() - start);
  }
  return samples.sort((a, b) => a - b)[250] as number;
}
