/** Runs vitest and reads its results. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../repository.ts";
import { readTally, type Tally } from "./tally.ts";

export const vitest = "node_modules/vitest/vitest.mjs";

/**
 * The number of runs of a property in runtimes other than the one that has run all of its 100: with the same seed, they would
 * repeat these. What is looked for are differences of the runtimes, which show in the first ones.
 */
export const runsElsewhere: string = process.env.HYBI_RUNS ?? "30";

const reports = join(root, "node_modules/.reports");

export interface Suite {
  /** Name in the summary. */
  readonly name: string;
  /** The program that runs vitest. */
  readonly command: readonly string[];
  readonly options: readonly string[];
  readonly env: Record<string, string>;
  /** Whether a filter may leave no tests to run. */
  readonly mayBeEmpty: boolean;
  /** Whether its output is printed when it has ended, because another one prints until then. Default: no. */
  readonly isBeside?: boolean;
  /** Time in milliseconds after which the run is ended and counts as failed. */
  readonly timeoutMs?: number;
}

export async function runSuite({
  name,
  command,
  options,
  env,
  mayBeEmpty,
  isBeside = false,
  timeoutMs,
}: Suite): Promise<Tally> {
  mkdirSync(reports, { recursive: true });
  const report = join(reports, `${name}.json`);
  rmSync(report, { force: true });
  const { exitCode, output } = await run(
    [
      ...[...command, "run", ...options],
      ...["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
      ...(mayBeEmpty ? ["--passWithNoTests"] : []),
    ],
    { env, capture: isBeside, ...(timeoutMs !== undefined && { timeoutMs }) },
  );
  if (isBeside) console.log(output);
  return readTally(name, report, exitCode, mayBeEmpty);
}
