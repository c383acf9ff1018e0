/** Counts bytes of the heap, in a process started with `heapFlags` of `packages/core/tests/support/heap-flags.ts`. */
import { getHeapSnapshot } from "node:v8";

/** Runs of which the least is taken: the engine grows a table of its own now and then, but never in all of them. */
const runs = 3;

/**
 * Runs of which the median is taken for what is held: what an earlier run left may be collected during a later one, which then seems
 * to hold less than nothing. The first run is not counted.
 */
const heldRuns = 5;

/** Things that are made before any is counted, because the first ones bring what all share. */
const warmUp = 20;

function allocated(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Lets what the last turn deferred run, and collects the garbage. */
async function settle(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
}

/** Returns the bytes that one call of `task` allocates, garbage included. */
export async function bytesOf(count: number, task: () => void): Promise<number> {
  const growths: number[] = [];
  for (let run = 0; run < runs + 1; run++) {
    await settle(1);
    const before = allocated();
    for (let index = 0; index < count; index++) task();
    if (run > 0) growths.push((allocated() - before) / count);
  }
  return Math.min(...growths);
}

/** Returns the bytes that stay allocated for each thing that `make` returns, while it is referenced. */
export async function heldBy(count: number, make: (index: number) => unknown): Promise<number> {
  const growths: number[] = [];
  const held: unknown[] = new Array(count).fill(undefined);
  for (let index = 0; index < warmUp; index++) make(index);
  for (let run = 0; run < heldRuns + 1; run++) {
    held.fill(undefined);
    await settle(2);
    const before = allocated();
    for (let index = 0; index < count; index++) held[index] = make(index);
    await settle(2);
    if (run > 0) growths.push((allocated() - before) / count);
  }
  if (held.includes(undefined)) throw new Error("bug: nothing is held");
  return growths.sort((a, b) => a - b)[heldRuns >> 1] as number;
}

/** Returns the number of objects that stay for each thing that `make` returns. */
export async function objectsOf(count: number, make: (index: number) => unknown): Promise<number> {
  for (let index = 0; index < warmUp; index++) make(index);
  const held: unknown[] = new Array(count).fill(undefined);
  await settle(2);
  const before = await countObjects();
  for (let index = 0; index < count; index++) held[index] = make(index);
  await settle(2);
  const after = await countObjects();
  if (held.includes(undefined)) throw new Error("bug: nothing is held");
  return Math.round((after - before) / count);
}

/** The head of a heap snapshot says how many nodes it has; the rest is not read. */
async function countObjects(): Promise<number> {
  let head = "";
  for await (const chunk of getHeapSnapshot()) {
    head += chunk;
    const count = /"node_count":(\d+)/.exec(head)?.[1];
    if (count !== undefined) return Number(count);
  }
  throw new Error("bug: the snapshot has no count");
}
