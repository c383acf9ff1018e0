/**
 * `pnpm bench` compares our core with `ws`, with and without its native addon, in one run.
 *
 * `--quick` measures only a few rows. `--only decode/server` selects tables ("memory", "linearity", "echo", "idle" and
 * "handshakes" are others), `--rounds 15` makes the medians more precise, `--json file` saves all results, and
 * `--markdown` prints the tables of README.md and docs/design/performance.md. `--only hostile` measures servers under
 * attack; it takes minutes and runs only when selected.
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { bundle } from "./bundle.ts";
import { measureEcho } from "./end-to-end/echo.ts";
import { echoTable, handshakesTable, idleTable } from "./end-to-end/format.ts";
import { measureHandshakes } from "./end-to-end/handshakes.ts";
import { measureIdle } from "./end-to-end/idle.ts";
import { linearityTable, markdownTable, memoryTable, terminalTable } from "./format.ts";
import { hostileTable, measureHostile } from "./hostile/measure.ts";
import { type Implementation, implementations } from "./implementations.ts";
import { measureLinearity } from "./linearity.ts";
import { type MeasuredTask, measure } from "./measure.ts";
import { measureMemory } from "./memory.ts";
import { selectTables, type Table } from "./tables.ts";

const { values: options } = parseArgs({
  // pnpm passes on the "--" typed by its users.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    quick: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    rounds: { type: "string" },
    json: { type: "string" },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 3 : 11));
/** Passes over sockets take ten times as long, so there are half as many. */
const endToEndRounds = Math.ceil(rounds / 2);
const titles = Object.fromEntries(implementations.map(({ name, title }) => [name, title]));

/** Sinks exist for receiving only, and a quick run omits them. The native addon plays no part in a handshake. */
function comparedIn(table: Table): readonly Implementation[] {
  return implementations.filter(({ name }) => {
    if (name.endsWith("sink")) return table.name.startsWith("decode") && !options.quick;
    return !(name === "ws-native" && table.name === "handshake");
  });
}

function isSelected(part: string): boolean {
  return options.only.length === 0 ? !options.quick : options.only.some((prefix) => part.startsWith(prefix));
}

const program = await bundle("worker");
const results: Record<string, unknown> = {};
console.log(`Node ${process.version}, ${cpus()[0]?.model}; CPU time, medians of ${rounds} rounds, ratios to ws.\n`);
for (const table of selectTables(options.only, options.quick)) {
  const measured: MeasuredTask[] = [];
  for (const task of table.tasks) {
    measured.push(await measure(program, task, comparedIn(table), rounds));
    process.stderr.write(".");
  }
  process.stderr.write("\n");
  results[table.name] = measured;
  console.log(`${options.markdown ? markdownTable(table, measured) : terminalTable(table.title, measured)}\n`);
}
if (isSelected("memory")) {
  const rows = await measureMemory(program, implementations);
  results.memory = rows;
  console.log(`${memoryTable(rows, titles, options.markdown)}\n`);
}
if (isSelected("linearity")) {
  const rows = await measureLinearity(program, implementations);
  results.linearity = rows;
  console.log(`${linearityTable(rows, titles, options.markdown)}\n`);
}
if (isSelected("echo")) {
  const rows = await measureEcho(endToEndRounds, options.quick);
  results.echo = rows;
  console.log(`${echoTable(rows, options.markdown)}\n`);
}
if (isSelected("idle")) {
  const result = await measureIdle(options.quick);
  results.idle = result;
  console.log(`${idleTable(result, options.markdown)}\n`);
}
if (isSelected("handshakes")) {
  const rows = await measureHandshakes(endToEndRounds, options.quick);
  results.handshakes = rows;
  console.log(`${handshakesTable(rows, options.markdown)}\n`);
}
if (options.only.includes("hostile")) {
  const rows = await measureHostile();
  results.hostile = rows;
  console.log(`${hostileTable(rows, options.markdown)}\n`);
}
if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
