/**
 * `pnpm test` runs the fast tests in Node, and `pnpm test --all` all of them in Node, Deno, Bun and workerd, one after the other.
 * Both end with `N passed, N failed`. Other arguments are passed to vitest, so `pnpm test closing` runs the files whose path
 * contains "closing", in Node. begin.mjs installs and announces, and adds `--fast` to arguments that choose no files.
 */

import { run } from "../repository.ts";
import { chooseSeed } from "../vitest/seed.ts";
import { runSuite, vitest } from "./run-suite.ts";
import { concludeTests, type Tally } from "./tally.ts";

const config = ["--config", "vitest.workspace.ts"];
const runtimes = [
  { name: "Node", command: ["node", vitest], options: config, version: ["node", "--version"] },
  // Deno's worker threads lack functions that vitest needs, so use processes.
  {
    name: "Deno",
    command: ["deno", "run", "-A", vitest],
    options: [...config, "--pool=forks"],
    version: ["deno", "--version"],
  },
  { name: "Bun", command: ["bun", "--bun", vitest], options: config, version: ["bun", "--version"] },
  // Only the code that vitest drives runs in workerd; vitest itself runs in Node.
  {
    name: "workerd",
    command: ["node", vitest],
    options: ["--config", "interop/vitest.config.ts", "--project", "workerd"],
    version: ["interop/node_modules/.bin/workerd", "--version"],
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
const passedOn = args.filter((arg) => arg !== "--all" && arg !== "--fast");
const tallies: Tally[] = [];
for (const { name, command, options, version } of all ? runtimes : runtimes.slice(0, 1)) {
  const { exitCode, output } = await run(version, { capture: true });
  if (exitCode !== 0 && name === "workerd") {
    console.log(`\nSKIPPED: the suite in workerd, because workerd does not run on this machine:\n${output}`);
    continue;
  }
  console.log(`\n=== ${name} (${output.split("\n", 1)}) ===`);
  tallies.push(
    await runSuite({
      name,
      command,
      options: [...options, ...(args.includes("--fast") ? fast : []), ...passedOn],
      env,
      // A path or a name may leave nothing to run in one runtime.
      mayBeEmpty: passedOn.length > 0,
    }),
  );
}
concludeTests(tallies);
