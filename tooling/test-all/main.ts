/**
 * `pnpm test`: runs the suites in Node, then in Deno, then in Bun, and ends with `N passed, N failed`.
 * Arguments are handed to vitest, so `pnpm test closing` runs only the files whose path contains "closing".
 */

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../repository.ts";
import { chooseSeed } from "../vitest/seed.ts";
import { readTally, sum, summary, type Tally } from "./tally.ts";

const vitest = "node_modules/vitest/vitest.mjs";
const runtimes = [
  { name: "Node", command: ["node", vitest], options: [], version: ["node", "--version"] },
  // Deno's worker threads lack what vitest needs, hence processes.
  { name: "Deno", command: ["deno", "run", "-A", vitest], options: ["--pool=forks"], version: ["deno", "--version"] },
  { name: "Bun", command: ["bun", "--bun", vitest], options: [], version: ["bun", "--version"] },
];
const reports = join(root, "node_modules/.reports");
mkdirSync(reports, { recursive: true });

const env = { HYBI_SEED: String(chooseSeed(process.env)) };
console.log(`fast-check seed ${env.HYBI_SEED}: repeat this run with HYBI_SEED=${env.HYBI_SEED}`);
const filters = process.argv.slice(2);
const tallies: Tally[] = [];
for (const { name, command, options, version } of runtimes) {
  const report = join(reports, `${name}.json`);
  rmSync(report, { force: true });
  const [versionLine] = (await run(version, { capture: true })).output.split("\n");
  console.log(`\n=== ${name} (${versionLine}) ===`);
  const { exitCode } = await run(
    [
      ...[...command, "run", "--config", "vitest.workspace.ts", ...options],
      ...["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
      // A filter may leave nothing to run in one runtime.
      ...(filters.length > 0 ? ["--passWithNoTests", ...filters] : []),
    ],
    { env },
  );
  tallies.push(readTally(name, report, exitCode, filters.length > 0));
}

console.log("");
for (const tally of tallies) console.log(`${tally.name.padEnd(5)} ${summary(tally)}`);
const total = sum(tallies);
console.log(summary(total));
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
