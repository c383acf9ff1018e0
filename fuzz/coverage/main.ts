/** `pnpm fuzz:coverage head --seconds 300 --seed 1 --save`: see docs/design/fuzzing.md. */
import { parseArgs } from "node:util";
import { Random } from "../random.ts";
import { readCorpus, readCrashes, replaceCorpus, saveCrash } from "./corpus.ts";
import { loadProgram } from "./program.ts";
import { Search, smallestCorpus } from "./search.ts";
import { targetNames, targetPath } from "./targets.ts";

const { values: options, positionals } = parseArgs({
  // pnpm passes on the "--" typed by its users.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  allowPositionals: true,
  options: {
    /** Seconds from the start. Stored inputs are run first, however long that takes. */
    seconds: { type: "string", default: "60" },
    /** Random by default, and printed. */
    seed: { type: "string" },
    /** Replaces the corpus by the minimized inputs found. */
    save: { type: "boolean", default: false },
  },
});
const [name] = positionals;
if (name === undefined || !targetNames().includes(name)) {
  throw new Error(`The target must be one of ${targetNames().join(", ")}.`);
}
const seed = Number(options.seed ?? Math.floor(Math.random() * 0x7fff_ffff));
const deadline = performance.now() + Number(options.seconds) * 1000;
const reportEveryMs = 30_000;

const program = await loadProgram(targetPath(name));
const search = new Search(program, new Random(seed));
console.log(`${name}: seed ${seed}, ${program.features} features`);

const known = [...program.target.seeds, ...readCorpus(name), ...readCrashes(name)];
let crash = known.map((data) => search.try(data.slice())).find((found) => found !== undefined);
let reportedAt = performance.now();
while (crash === undefined && performance.now() < deadline) {
  // Check the clock once per many steps.
  for (let steps = 0; steps < 200 && crash === undefined; steps++) crash = search.step();
  if (performance.now() - reportedAt < reportEveryMs) continue;
  reportedAt = performance.now();
  console.log(report());
}
console.log(report());

if (crash !== undefined) {
  console.error(crash.error);
  console.error(`An input of ${crash.data.length} bytes is stored in ${saveCrash(name, crash.data)}`);
  process.exitCode = 1;
} else if (options.save) {
  const smallest = smallestCorpus(await loadProgram(targetPath(name)), new Random(seed), search.corpus);
  replaceCorpus(name, smallest);
  console.log(`${smallest.length} inputs of ${smallest.reduce((sum, { length }) => sum + length, 0)} bytes are stored`);
}

function report(): string {
  const { executions, features, corpus } = search;
  return `${executions} executions, ${features} features reached, ${corpus.length} inputs`;
}
