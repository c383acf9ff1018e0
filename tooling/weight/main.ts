/**
 * `pnpm check:weight` fails when messages, connections or openings have become heavier than recorded, or so much lighter that the
 * record would hide a growth: it counts bytes, objects, writes and copies, which needs no clock. `--write` records the present
 * figures, `--node PATH` counts them in another version of Node.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { heapFlags } from "../../packages/core/tests/support/heap-flags.ts";
import { conclude, root, run } from "../repository.ts";
import { type Bounds, compareWeights, record, type Weights } from "./compare.ts";

const { values: options } = parseArgs({
  options: { write: { type: "boolean", default: false }, node: { type: "string", default: process.execPath } },
});
const boundsFile = join(root, "tooling/weight/bounds.json");

/** Bundled, because tsx gives every function a property with its name. */
async function weigh(): Promise<{ readonly weights: Weights; readonly major: number }> {
  const folder = mkdtempSync(join(tmpdir(), "hybi-weight-"));
  try {
    const outfile = join(folder, "program.mjs");
    await build({
      entryPoints: [join(root, "tooling/weight/program.ts")],
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      conditions: ["@hybi/source"],
      logLevel: "warning",
    });
    const { exitCode, output } = await run([options.node, ...heapFlags, outfile], { capture: true });
    if (exitCode !== 0) throw new Error(output);
    return JSON.parse(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { weights, major } = await weigh();
const bounds: Bounds = existsSync(boundsFile) ? JSON.parse(readFileSync(boundsFile, "utf8")) : {};
const { findings, notes } = compareWeights(weights, bounds, major);
if (options.write) {
  writeFileSync(boundsFile, `${JSON.stringify(record(weights, bounds, major), undefined, 2)}\n`);
  console.log(`weight: recorded for Node ${major}`);
} else {
  for (const note of notes) console.log(note);
  conclude("weight", findings, `${Object.keys(weights).length} figures in Node ${major}, as they are recorded`);
}
