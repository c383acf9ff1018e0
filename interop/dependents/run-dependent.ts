/** Runs the scenario and the suite of a dependent in a column, with Node's own test runner, and reads its counts. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../tooling/repository.ts";
import type { Dependent } from "./catalog.ts";

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** The names of the tests that failed. */
  readonly failures: readonly string[];
  /** Everything that was printed. */
  readonly output: string;
}

export async function runDependent({ name, scenario, suite }: Dependent, column: string): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  if (scenario !== undefined) outcomes.push(await runFiles([scenario], column));
  if (suite !== undefined) {
    const folder = join(column, "node_modules", name);
    const files = readdirSync(join(folder, "test")).filter((file) => suite.test(file));
    if (files.length === 0) throw new Error(`${name}: its package has no tests`);
    outcomes.push(
      await runFiles(
        files.map((file) => `test/${file}`),
        folder,
      ),
    );
  }
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
    output: outcomes.map(({ output }) => output).join("\n"),
  };
}

async function runFiles(files: readonly string[], cwd: string): Promise<Outcome> {
  const command = ["node", "--test", "--test-force-exit", "--test-reporter=tap", ...files];
  // Without what a caller's own runner hands down to its children, under which the runner would print nothing.
  const env = { NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined, FORCE_COLOR: "0" };
  return readTap(await run(command, { cwd, env, capture: true, timeoutMs: 120_000 }));
}

/** Reads TAP: a test is an outermost point. A run that ends badly has at least one failure. */
export function readTap({ exitCode, output }: { exitCode: number; output: string }): Outcome {
  const points = [...output.matchAll(/^(not ok|ok) \d+ - (.*)$/gm)];
  const counted = points.filter(([line]) => !/ # (SKIP|TODO)/i.test(line));
  const failures = counted.filter(([, result]) => result === "not ok").map(([, , what = ""]) => what);
  const passed = counted.length - failures.length;
  const endedBadly = exitCode !== 0 || passed === 0;
  if (failures.length === 0 && endedBadly) failures.push(`the run, which ended with ${exitCode}`);
  return { passed, failed: failures.length, failures, output };
}
