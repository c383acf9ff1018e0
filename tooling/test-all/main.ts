/**
 * `pnpm test` runs the fast tests in Node, and `pnpm test --all` all of them in Node, Deno, Bun and workerd, one after the other.
 * Both end with `N passed, N failed`. Other arguments are passed to vitest, so `pnpm test closing` runs the files whose path
 * contains "closing", in Node. begin.mjs installs and announces, and adds `--fast` to arguments that choose no files. With
 * `--all --coverage` the tests of core run in Node by themselves, and must cover all of it, as with `pnpm coverage`.
 */

import { run } from "../repository.ts";
import { chooseSeed } from "../vitest/seed.ts";
import { runSuite, runsElsewhere, vitest } from "./run-suite.ts";
import { concludeTests, type Tally } from "./tally.ts";

const config = ["--config", "vitest.workspace.ts"];
const node = { name: "Node", command: ["node", vitest], options: config, version: ["node", "--version"] };
/** What other tests cover of core does not count. */
const covered = [
  { ...node, name: "Node, coverage of core", options: [...config, "--project", "core*", "--coverage"] },
  { ...node, name: "Node, other than core", options: [...config, "--project", "!core*"] },
];
const otherRuntimes = [
  // Deno's worker threads lack functions that vitest needs, so use processes.
  {
    name: "Deno",
    command: ["deno", "run", "-A", vitest],
    options: [...config, "--pool=forks"],
    version: ["deno", "--version"],
  },
  { name: "Bun", command: ["bun", "--bun", vitest], options: config, version: ["bun", "--version"] },
];
/** Each uses one core, so they run beside each other. */
const engines = [
  // Only the code that vitest drives runs in workerd; vitest itself runs in Node.
  {
    name: "workerd",
    command: ["node", vitest],
    options: ["--config", "interop/vitest.config.ts", "--project", "workerd"],
    version: ["interop/node_modules/.bin/workerd", "--version"],
  },
  // Engines without the web platform are realms of Node, and QuickJS.
  {
    name: "bare",
    command: ["node", vitest],
    options: ["--config", "interop/vitest.config.ts", "--project", "bare"],
    version: ["node", "--version"],
  },
];

const env = { HYBI_SEED: String(chooseSeed(process.env)) };
console.log(`fast-check seed ${env.HYBI_SEED}: repeat this run with HYBI_SEED=${env.HYBI_SEED}`);
/** Without programs that measure, contracts of every adapter, and checks of this repository. */
const fast = [
  "packages/core/src",
  "packages/websocket/src",
  "packages/permessage-deflate/src",
  "packages/node",
  "examples",
];

const args = process.argv.slice(2);
const all = args.includes("--all");
const isCovered = all && args.includes("--coverage");
const own = ["--all", "--fast", ...(isCovered ? ["--coverage"] : [])];
const passedOn = args.filter((arg) => !own.includes(arg));
const tallies: Tally[] = [];

interface Environment {
  readonly name: string;
  readonly command: readonly string[];
  readonly options: readonly string[];
  readonly version: readonly string[];
}

async function runIn({ name, command, options, version }: Environment, runs?: string, isBeside = false): Promise<void> {
  const { exitCode, output } = await run(version, { capture: true });
  if (exitCode !== 0 && name === "workerd") {
    console.log(`\nSKIPPED: the suite in workerd, because workerd does not run on this machine:\n${output}`);
    return;
  }
  console.log(`\n=== ${name} (${output.split("\n", 1)})${isBeside ? ", printed when it has ended" : ""} ===`);
  const begun = Date.now();
  tallies.push(
    await runSuite({
      name,
      command,
      options: [...options, ...(args.includes("--fast") ? fast : []), ...passedOn],
      env: { ...env, ...(runs !== undefined && { HYBI_RUNS: runs }) },
      // A path or a name may leave nothing to run in one runtime.
      mayBeEmpty: passedOn.length > 0,
      isBeside,
    }),
  );
  console.log(`=== ${name}: ${Math.round((Date.now() - begun) / 1_000)} s ===`);
}

for (const environment of isCovered ? covered : [node]) await runIn(environment);
if (all) {
  for (const environment of otherRuntimes) await runIn(environment, runsElsewhere);
  await Promise.all(engines.map((environment, index) => runIn(environment, undefined, index > 0)));
}
concludeTests(tallies);
