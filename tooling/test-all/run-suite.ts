/** Runs vitest and reads its results. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../repository.ts";
import { readTally, type Tally } from "./tally.ts";

export const vitest = "node_modules/vitest/vitest.mjs";

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
  /** Time in milliseconds after which the run is ended and counts as failed. */
  readonly timeoutMs?: number;
}

export async function runSuite({ name, command, options, env, mayBeEmpty, timeoutMs }: Suite): Promise<Tally> {
  mkdirSync(reports, { recursive: true });
  const report = join(reports, `${name}.json`);
  rmSync(report, { force: true });
  const { exitCode } = await run(
    [
      ...[...command, "run", ...options],
      ...["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
      ...(mayBeEmpty ? ["--passWithNoTests"] : []),
    ],
    { env, ...(timeoutMs !== undefined && { timeoutMs }) },
  );
  return readTally(name, report, exitCode, mayBeEmpty);
}
