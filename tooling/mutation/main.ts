/**
 * `pnpm mutation frame`: how many changes of a folder of core its tests notice, by Stryker. Without a folder, those of
 * docs/design/mutation-testing.md one after another. What was found out before is kept in node_modules/.cache, so that a
 * second run asks only for what has changed.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../repository.ts";
import { folders } from "./folders.ts";
import { type MutationReport, scoreOf, survivors } from "./report.ts";

const cache = join(root, "node_modules/.cache/mutation");

const asked = process.argv.slice(2).filter((argument) => argument !== "--");
const unknown = asked.find((folder) => folders[folder] === undefined);
if (unknown !== undefined) throw new Error(`packages/core/src/${unknown} is not among the folders of folders.ts.`);

mkdirSync(cache, { recursive: true });
for (const folder of asked.length > 0 ? asked : Object.keys(folders)) {
  const report = join(cache, `${folder}.json`);
  // One config for each folder: a report has one file, and Stryker takes its name from there only.
  const config = join(cache, `${folder}.config.json`);
  const shared = JSON.parse(readFileSync(join(root, "tooling/mutation/stryker.config.json"), "utf8")) as object;
  const mutate = [
    `packages/core/src/${folder}/**/*.ts`,
    "!packages/core/src/**/*.test.ts",
    "!packages/core/src/**/index.ts",
  ];
  writeFileSync(
    config,
    JSON.stringify({
      ...shared,
      mutate,
      incremental: true,
      incrementalFile: report,
      jsonReporter: { fileName: report },
    }),
  );
  const { exitCode } = await run(["nice", "-n", "10", "stryker", "run", config], { env: { MUTATED_FOLDER: folder } });
  if (exitCode !== 0) process.exitCode = exitCode;
  if (!existsSync(report)) continue;
  const found = JSON.parse(readFileSync(report, "utf8")) as MutationReport;
  for (const line of survivors(found)) console.log(line);
  console.log(`${folder}: ${scoreOf(found)}`);
}
