/** Runs a file of tests and returns what came of each test, as values that can be sent as JSON. */
import { collectTests, type File, startTests, type Task, type VitestRunner } from "@vitest/runner";
import fc from "fast-check";
import type { Loaded } from "./load.ts";
import { vi } from "./vitest.ts";

export interface Outcome {
  /** Titles of the suites and of the test, joined. */
  readonly title: string;
  readonly state: "passed" | "failed" | "skipped";
  /** Of a test that failed. */
  readonly error?: string;
  /** Of a test that was skipped because it needs what the environment lacks: the names. */
  readonly needs?: readonly string[];
}

export interface Settings {
  /** Seed of all properties. */
  readonly seed: number;
  /** The number of runs of properties that name none of their own. Default: that of fast-check. */
  readonly runs?: number;
}

const { hybiSuites } = globalThis as unknown as { hybiSuites: Loaded };

/** Names of the classes that the environment lacks and the current test has used, and those of each test that is over. */
let used = new Set<string>();
const usedBy = new WeakMap<Task, readonly string[]>();

/** Stands for the classes that the environment lacks. To use one in any way is an error. */
export const lacking: object = new Proxy(
  {},
  {
    get(_, name) {
      const use = (): never => {
        used.add(String(name));
        throw new Error(`This environment has no ${String(name)}.`);
      };
      return new Proxy(class {}, { construct: use, get: use, apply: use });
    },
  },
);

const runner: VitestRunner = {
  onBeforeRunTask: () => {
    used = new Set();
  },
  onAfterRunTask: (task) => {
    usedBy.set(task, [...used]);
  },
  config: {
    root: "/",
    setupFiles: [],
    name: undefined,
    passWithNoTests: false,
    testNamePattern: undefined,
    allowOnly: false,
    sequence: { seed: 0, hooks: "stack", setupFiles: "list" },
    chaiConfig: undefined,
    maxConcurrency: 1,
    // For an interpreter on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    retry: 0,
    includeTaskLocation: false,
    tags: [],
    tagsFilter: undefined,
    strictTags: false,
  },
  importFile: (path) => hybiSuites.load(path),
};

function testsOf(task: Task): Task[] {
  return task.type === "suite" ? task.tasks.flatMap(testsOf) : [task];
}

function titleOf({ name, suite }: Task): string {
  return suite === undefined ? name : `${titleOf(suite)} > ${name}`;
}

function outcomeOf(task: Task): Outcome {
  const title = titleOf(task);
  const { state, errors = [] } = task.result ?? {};
  if (state === "pass") return { title, state: "passed" };
  if (state === undefined || state === "skip") return { title, state: "skipped" };
  const [error] = errors;
  const needs = [...(usedBy.get(task) ?? []), ...missedByUs(error?.message)];
  if (needs.length > 0) return { title, state: "skipped", needs };
  return { title, state: "failed", error: `${error?.message}\n${error?.diff ?? ""}\n${error?.stack ?? ""}` };
}

/** Returns what `message` says that the runtime lacks, if it is an error of our code. */
function missedByUs(message = ""): string[] {
  const name = /\b([A-Z][A-Za-z]+)(?: constructor that accepts bytes)?, which this runtime lacks/.exec(message)?.[1];
  return name === undefined ? [] : [name];
}

/** Returns the outcomes of a file; an error of the file itself is one more that failed. */
function outcomesOf(file: File): Outcome[] {
  const outcomes = file.tasks.flatMap(testsOf).map(outcomeOf);
  const [error] = file.result?.errors ?? [];
  if (error !== undefined && used.size > 0) outcomes.push({ title: file.name, state: "skipped", needs: [...used] });
  else if (error !== undefined)
    outcomes.push({ title: "the file", state: "failed", error: `${error.message}\n${error.stack ?? ""}` });
  return outcomes;
}

/** Runs a file of tests with fresh modules. */
export async function run(path: string, { seed, runs }: Settings): Promise<Outcome[]> {
  fc.configureGlobal({ seed, ...(runs !== undefined && { numRuns: runs }) });
  vi.unstubAllGlobals();
  used = new Set();
  hybiSuites.reset();
  const [file] = await startTests([{ filepath: path }], runner);
  return file === undefined ? [] : outcomesOf(file);
}

/** Returns the number of tests of a file, without running them. */
export async function count(path: string): Promise<number> {
  hybiSuites.reset();
  const [file] = await collectTests([{ filepath: path }], runner);
  return file === undefined ? 0 : file.tasks.flatMap(testsOf).length;
}
