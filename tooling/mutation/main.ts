/**
 * `pnpm mutation frame`, or `pnpm mutation frame/mask`, measures with Stryker how many mutants of a folder or module of
 * core its tests detect. Without an argument, all folders in `folders.ts` are measured. Results are kept in
 * node_modules/.cache, so that a second run tests only what has changed.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../repository.ts";
import { folders } from "./folders.ts";
import { type MutationReport, notLoaded, scoreOf, survivors } from "./report.ts";

const cache = join(root, "node_modules/.cache/mutation");
mkdirSync(cache, { recursive: true });

const asked = process.argv.slice(2).filter((argument) => argument !== "--");
for (const part of asked.length > 0 ? asked : Object.keys(folders)) {
  const [folder = "", module] = part.split("/");
  const path = `packages/core/src/${part}${module === undefined ? "" : ".ts"}`;
  if (folders[folder] === undefined || !existsSync(join(root, path)))
    throw new Error(`${path} is not a folder or module listed in folders.ts.`);

  const name = part.replace("/", "-");
  const report = join(cache, `${name}.json`);
  // One config per folder or module: Stryker takes the names of its reports only from there.
  const config = join(cache, `${name}.config.json`);
  const shared = JSON.parse(readFileSync(join(root, "tooling/mutation/stryker.config.json"), "utf8")) as object;
  const mutate = [module === undefined ? `${path}/**/*.ts` : path, "!packages/core/src/**/{*.test,index}.ts"];
  const reports = { incremental: true, incrementalFile: report, jsonReporter: { fileName: report } };
  writeFileSync(config, JSON.stringify({ ...shared, mutate, ...reports }));

  const env = { MUTATED_FOLDER: folder };
  const { exitCode } = await run(["nice", "-n", "10", "stryker", "run", config], { env });
  if (exitCode !== 0) process.exitCode = exitCode;
  if (!existsSync(report)) continue;
  const found = JSON.parse(readFileSync(report, "utf8")) as MutationReport;
  const absent = notLoaded(found, await testFiles(env));
  if (absent.length > 0) throw new Error(`Stryker could not load ${absent.join(", ")}: the result is meaningless.`);
  for (const line of survivors(found)) console.log(line);
  console.log(`${part}: ${scoreOf(found)}`);
}

async function testFiles(env: Record<string, string>): Promise<string[]> {
  const command = ["vitest", "list", "--filesOnly", "--config", "tooling/mutation/vitest.config.ts"];
  const { output } = await run(command, { env, capture: true });
  return output.split("\n").filter((line) => line.endsWith(".test.ts"));
}
