/** `pnpm bench` compares hybi with `ws` and others in one run; `--help` says how. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Effort } from "./effort.ts";
import { markdownTable, roundsOf, terminalTable } from "./format.ts";
import { type Group, groups, selectGroups } from "./groups.ts";
import { hostileTable, measureHostile } from "./hostile/measure.ts";
import { writeReport } from "./report/main.ts";
import type { Result, Table } from "./result.ts";

/** Share of the usual warm-ups and passes that a short run takes. Much less would measure code that is not compiled yet. */
const shortShare = 0.4;

const usage = `pnpm bench [options]

Measures hybi beside ws and others in the same run; a ratio says how many times less CPU time than ws.

  --all              everything: about 25 minutes
  --only GROUP       the tables whose names begin with GROUP; may be repeated
  --quick            few rows, rounds and connections: a look whether all works
  --short            short warm-ups and passes: figures vary more, and --all takes a third of the time
  --rounds N         more rounds make the medians steadier (default 7, 3 for a quick run, 2 for a short one)
  --node PATH        measures this program of Node, instead of the one that runs the command
  --markdown         prints Markdown, with the goals that are reached
  --json FILE        saves the results
  --report FILE…     writes docs/design/performance.md, its chart and the table of README.md from saved results,
                     one for each version of Node; those of other versions are kept in bench/results
  --help             this

Groups:
${groups.map(({ name, title }) => `  ${name.padEnd(22)} ${title}`).join("\n")}
  hostile                Servers under attack: takes minutes, and only runs when selected`;

const { values: options, positionals } = parse();
if (options.help) console.log(usage);
else if (options.report && positionals.length === 0) fail("--report needs the files that --json has written.");
else if (options.report) writeReport(positionals.map((file) => JSON.parse(readFileSync(pathOf(file), "utf8"))));
else if (options.node !== undefined) runIn(options.node);
else if (options.only.includes("hostile")) console.log(hostileTable(await measureHostile(), options.markdown));
else if (options.all || options.quick || options.only.length > 0) await measureAll();
else console.log(usage);

function parse(): ReturnType<typeof parseOptions> {
  try {
    return parseOptions();
  } catch (error) {
    return fail((error as Error).message);
  }
}

function fail(message: string): never {
  console.error(`${message}\n\n${usage}`);
  process.exit(1);
}

/** Returns the path of a file as its user means it: pnpm starts this in the folder of the package. */
function pathOf(file: string): string {
  return resolve(process.env.INIT_CWD ?? "", file);
}

function parseOptions() {
  return parseArgs({
    // pnpm passes on the "--" typed by its users.
    args: process.argv.slice(2).filter((argument) => argument !== "--"),
    allowPositionals: true,
    options: {
      all: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
      short: { type: "boolean", default: false },
      rounds: { type: "string" },
      node: { type: "string" },
      markdown: { type: "boolean", default: false },
      json: { type: "string" },
      report: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
}

/** Runs this command in another program of Node, which then starts all servers and clients as well. */
function runIn(node: string): void {
  const args = process.argv.slice(1).filter((argument, index, all) => {
    return argument !== "--node" && all[index - 1] !== "--node" && !argument.startsWith("--node=");
  });
  const { status, error } = spawnSync(node, [...process.execArgv, ...args], { stdio: "inherit" });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
}

async function measureAll(): Promise<void> {
  const selected = selectGroups(options.only);
  if (selected.length === 0) fail(`No group begins with ${options.only.join(" or ")}.`);
  const rounds = Number(options.rounds ?? (options.short ? 2 : options.quick ? 3 : 7));
  const tables: Table[] = [];
  const result: Result = {
    node: process.versions.node,
    processor: cpus()[0]?.model ?? "unknown",
    date: new Date().toISOString().slice(0, 10),
    rounds,
    isShort: options.short,
    tables,
  };
  console.log(`Node ${result.node}, ${result.processor}; CPU time, ${roundsOf(result)}, ratios to ws.\n`);
  for (const group of selected) {
    const table = await measureGroup(group, { rounds, quick: options.quick, share: options.short ? shortShare : 1 });
    process.stderr.write("\n");
    if (table === undefined || table.rows.length === 0) continue;
    tables.push(table);
    console.log(`${(options.markdown ? markdownTable : terminalTable)(table, result)}\n`);
    // After each table, so that an interrupted run leaves something.
    if (options.json !== undefined) writeFileSync(pathOf(options.json), `${JSON.stringify(result)}\n`);
  }
  // A group that failed may have left processes that it had started, which would keep this one.
  if (process.exitCode === 1) process.exit();
}

/** Measures one group. If that fails the others are measured all the same, and the command fails at its end. */
async function measureGroup(group: Group, effort: Effort): Promise<Table | undefined> {
  try {
    return await group.measure(effort);
  } catch (error) {
    console.error(`\n${group.name} could not be measured:`, error);
    process.exitCode = 1;
    return undefined;
  }
}
