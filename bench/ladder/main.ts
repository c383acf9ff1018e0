/**
 * `pnpm ladder` measures what each of our promises costs, from the least program to the published interface, and writes the section of
 * docs/design/performance.md. It takes about four minutes.
 *
 *   --only PART    these parts only, the rest of the page stays as it was measured; may be repeated
 *   --rounds N     more rounds make the medians steadier (default 5)
 *   --node PATH    measures this program of Node, instead of the one that runs the command
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Effort } from "../effort.ts";
import type { Row } from "../result.ts";
import { clientParts, parts } from "./measure.ts";
import { formatLadder, type LadderResult, ladderPage, replaceLadder, saveLadder } from "./page.ts";

/** Share of the usual warm-ups and passes. */
const share = 0.3;
const root = fileURLToPath(new URL("../../", import.meta.url));

const { values: options } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    only: { type: "string", multiple: true, default: [] },
    rounds: { type: "string", default: "5" },
    node: { type: "string" },
  },
});

if (options.node === undefined) await measureLadder();
else {
  const chosen = options.only.flatMap((part) => ["--only", part]);
  const args = [...process.execArgv, process.argv[1] as string, "--rounds", options.rounds, ...chosen];
  const { status, error } = spawnSync(options.node, args, { stdio: "inherit" });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
}

async function measureLadder(): Promise<void> {
  const effort: Effort = { rounds: Number(options.rounds), quick: false, share };
  const rows: Record<"server" | "client", Row[]> = { server: [], client: [] };
  for (const name of options.only.length > 0 ? options.only : Object.keys(parts)) {
    const measure = parts[name];
    if (measure === undefined) throw new Error(`There is no part "${name}": ${Object.keys(parts).join(", ")}.`);
    rows[clientParts.has(name) ? "client" : "server"].push(...(await measure(effort)));
  }
  process.stderr.write("\n");
  const result: LadderResult = {
    node: process.versions.node,
    processor: cpus()[0]?.model ?? "unknown",
    date: new Date().toISOString().slice(0, 10),
    rounds: effort.rounds,
    ...rows,
  };
  console.log(formatLadder(result));
  const all = saveLadder(root, result);
  const page = `${root}${ladderPage}`;
  writeFileSync(page, replaceLadder(readFileSync(page, "utf8"), all));
  console.log(`\nWritten to ${page}.`);
}
