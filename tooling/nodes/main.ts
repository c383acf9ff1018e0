/**
 * `pnpm test:nodes` runs the suites in each maintained version of Node listed in package.json beside this file, except the
 * one running this program, and ends with `N passed, N failed`. `pnpm test:nodes 22 26` runs the named versions, and
 * `pnpm test:nodes 26 closing` only the files whose path contains "closing". Without such a choice, it leaves out what users do not
 * run: the checks of this repository, the measurements and the fuzzing, which the version running this program has run. Versions
 * other than the newest also leave out what does not change between the two: what counts the heap, and what compares with peers.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { packageFolders, root, run } from "../repository.ts";
import { runSuite, runsElsewhere, vitest } from "../test-all/run-suite.ts";
import { concludeTests, type Tally } from "../test-all/tally.ts";
import { chooseSeed } from "../vitest/seed.ts";

const folder = join(root, "tooling/nodes");
const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};
const installed = Object.keys(dependencies).map((name) => name.replace("node", ""));
const args = process.argv.slice(2);
const named = args.filter((arg) => installed.includes(arg));
const filters = args.filter((arg) => !installed.includes(arg));
/** The projects of what users install and read; the rest of them would take a third of the time. */
const projects = [...packageFolders().map((path) => basename(path)), "examples"].flatMap((name) => [name, `${name}.*`]);
const selection = filters.length > 0 ? filters : projects.flatMap((name) => ["--project", name]);
/** Names of files that count bytes of the heap or steps, or play the same to us and to a peer. */
const inOldestAndNewest = ["held", "memory", "idle-memory", "linear-cost", "differential", "types"];
const [own] = process.versions.node.split(".");
const majors = named.length > 0 ? named : installed.filter((major) => major !== own);

const { exitCode } = await run(["pnpm", "install", "--frozen-lockfile"], { cwd: folder });
if (exitCode !== 0) throw new Error("The versions of Node could not be installed.");

const seed = String(chooseSeed(process.env));
console.log(`fast-check seed ${seed}: repeat this run with HYBI_SEED=${seed}`);
const tallies: Tally[] = [];
for (const major of majors) {
  const isPartial = filters.length === 0 && named.length === 0 && major !== installed.at(-1);
  const leftOut = isPartial ? inOldestAndNewest.map((name) => `**/${name}.node.test.ts`) : [];
  const bin = join(folder, `node_modules/node${major}/bin`);
  console.log(`\n=== Node ${major} (${dependencies[`node${major}`]?.split("@")[1]}) ===`);
  if (isPartial) console.log(`Left to the oldest and the newest version: ${inOldestAndNewest.join(", ")}.`);
  tallies.push(
    await runSuite({
      name: `Node ${major}`,
      command: [join(bin, "node"), vitest],
      options: ["--config", "vitest.workspace.ts", ...selection],
      // Programs started by the tests use the same version.
      env: {
        HYBI_SEED: seed,
        HYBI_RUNS: runsElsewhere,
        HYBI_EXCLUDE: leftOut.join(","),
        PATH: `${bin}:${join(root, "node_modules/.bin")}:${process.env.PATH}`,
      },
      mayBeEmpty: filters.length > 0,
    }),
  );
}
concludeTests(tallies);
