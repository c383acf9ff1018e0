/**
 * `pnpm check:size` builds the packages, bundles what users import from them, and fails when one has become more than 3 % larger than
 * recorded, or so much smaller that the record would hide a growth. `--write` records the present sizes and what the bytes are for, from
 * which `pnpm check:docs --write` makes the tables in README.md and docs/design/size.md; `--built` takes the packages as they are built.
 * Errors in bundles for browsers must lack their sentences, and those in other bundles, and of what runtimes load, must have them.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { usageErrorSentences } from "../../packages/core/src/sentences/usage-errors.ts";
import { violationSentences } from "../../packages/core/src/sentences/violations.ts";
import { conclude, root, run } from "../repository.ts";
import { type Budgets, compareSizes } from "./compare.ts";
import { entries } from "./entries.ts";
import { type Bundler, bundlers, measure, type Size } from "./measure.ts";
import { measureParts, shown } from "./parts.ts";

const { values: options } = parseArgs({
  options: { write: { type: "boolean", default: false }, built: { type: "boolean", default: false } },
});
const budgetsFile = join(root, "tooling/size/budgets.json");

if (!options.built) {
  const build = async (name: string, command: readonly string[]): Promise<void> => {
    const { exitCode, output } = await run([...command, "--no-dts"], {
      cwd: join(root, "packages", name),
      capture: true,
    });
    if (exitCode !== 0) throw new Error(output);
  };
  for (const name of ["core", "permessage-deflate", "websocket", "node", "ws"]) await build(name, ["tsup"]);
  await build("ws", ["tsx", "finish-build.ts"]);
}
const sizes: Record<string, Size> = {};
for (const entry of entries) sizes[entry.name] = await measure(entry, join(root, "tooling"));

/** Checks one error of each kind, as a runtime gets it and in bundles. */
async function checkSentences(): Promise<string[]> {
  const findings: string[] = [];
  const code = 'export { UsageError, violationTable } from "@hybi/core";';
  const inBundle = async (bundler: Bundler, platform: "browser" | "node"): Promise<string> => {
    const text = await bundlers[bundler]({ name: "core", code, platform }, join(root, "tooling"));
    return `data:text/javascript,${encodeURIComponent(text)}`;
  };
  for (const [what, module, areLoaded] of [
    ["dist/index.js", join(root, "packages/core/dist/index.js"), true],
    ["dist/index.cjs", join(root, "packages/core/dist/index.cjs"), true],
    ["a bundle of esbuild for browsers", await inBundle("esbuild", "browser"), false],
    ["a bundle of Vite for browsers", await inBundle("vite", "browser"), false],
    ["a bundle of esbuild for Node", await inBundle("esbuild", "node"), true],
    ["a bundle of Vite for Node", await inBundle("vite", "node"), true],
  ] as const) {
    const { UsageError, violationTable } = await import(module);
    const hasSentence =
      new UsageError("send/kind").message === usageErrorSentences["send/kind"] &&
      violationTable["frame/too-big"].message === violationSentences["frame/too-big"];
    if (hasSentence !== areLoaded) findings.push(`errors of ${what} ${areLoaded ? "lack" : "have"} their sentences`);
  }
  return findings;
}

const budgets: Budgets = existsSync(budgetsFile) ? JSON.parse(readFileSync(budgetsFile, "utf8")) : {};
if (options.write) {
  writeFileSync(budgetsFile, `${JSON.stringify(sizes, undefined, 2)}\n`);
  const parts: Record<string, Record<string, number>> = {};
  for (const entry of entries)
    if (shown.includes(entry.name)) parts[entry.name] = await measureParts(entry, join(root, "tooling"));
  writeFileSync(join(root, "tooling/size/parts.json"), `${JSON.stringify(parts, undefined, 2)}\n`);
  console.log("size: recorded");
} else {
  conclude(
    "size",
    [...compareSizes(sizes, budgets), ...(await checkSentences())],
    `${entries.length} bundles are as large as recorded`,
  );
}
