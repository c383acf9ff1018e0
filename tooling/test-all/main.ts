/**
 * `pnpm test`: runs the suites in Node, then in Deno, then in Bun, and ends with `N passed, N failed`.
 * Arguments are handed to vitest, so `pnpm test closing` runs only the files whose path contains "closing".
 */

import { run } from "../repository.ts";
import { chooseSeed } from "../vitest/seed.ts";
import { runSuite, vitest } from "./run-suite.ts";
import { concludeTests, type Tally } from "./tally.ts";

const runtimes = [
  { name: "Node", command: ["node", vitest], options: [], version: ["node", "--version"] },
  // Deno's worker threads lack what vitest needs, hence processes.
  { name: "Deno", command: ["deno", "run", "-A", vitest], options: ["--pool=forks"], version: ["deno", "--version"] },
  { name: "Bun", command: ["bun", "--bun", vitest], options: [], version: ["bun", "--version"] },
];

const env = { HYBI_SEED: String(chooseSeed(process.env)) };
console.log(`fast-check seed ${env.HYBI_SEED}: repeat this run with HYBI_SEED=${env.HYBI_SEED}`);
const filters = process.argv.slice(2);
const tallies: Tally[] = [];
for (const { name, command, options, version } of runtimes) {
  const [versionLine] = (await run(version, { capture: true })).output.split("\n");
  console.log(`\n=== ${name} (${versionLine}) ===`);
  tallies.push(
    await runSuite({
      name,
      command,
      options: ["--config", "vitest.workspace.ts", ...options, ...filters],
      env,
      // A filter may leave nothing to run in one runtime.
      mayBeEmpty: filters.length > 0,
    }),
  );
}
concludeTests(tallies);
