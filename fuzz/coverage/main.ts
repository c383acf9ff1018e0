/** `pnpm fuzz:coverage head --seconds 300 --seed 1 --save`: see docs/design/fuzzing.md. */
import { parseArgs } from "node:util";
import { Random } from "../random.ts";
import { readCorpus, readCrashes, replaceCorpus, saveCrash } from "./corpus.ts";
import { loadProgram } from "./program.ts";
import { Search, smallestCorpus } from "./search.ts";
import { targetNames, targetPath } from "./targets.ts";

const { values: options, positionals } = parseArgs({
  // pnpm passes on the "--" that its users write.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  allowPositionals: true,
  options: {
    /** From the start; what is kept is run first, however long that takes. */
    seconds: { type: "string", default: "60" },
    /** New each time, and printed. */
    seed: { type: "string" },
    /** Replaces the corpus by what was found, made as small as it can be. */
    save: { type: "boolean", default: false },
  },
});
const [name] = positionals;
if (name === undefined || !targetNames().includes(name)) {
  throw new Error(`Which target? One of ${targetNames().join(", ")}.`);
}
const seed = Number(options.seed ?? Math.floor(Math.random() * 0x7fff_ffff));
const deadline = performance.now() + Number(options.seconds) * 1000;
const reportEveryMs = 30_000;

const program = await loadProgram(targetPath(name));
const search = new Search(program, new Random(seed));
console.log(`${name}: seed ${seed}, ${program.features} features`);

const known = [...program.target.seeds, ...readCorpus(name), ...readCrashes(name)];
let crash = known.map((data) => search.try(data.slice())).find((found) => found !== undefined);
let told = performance.now();
while (crash === undefined && performance.now() < deadline) {
  // The clock is asked once for many steps.
  for (let steps = 0; steps < 200 && crash === undefined; steps++) crash = search.step();
  if (performance.now() - told < reportEveryMs) continue;
  told = performance.now();
  console.log(report());
}
console.log(report());

if (crash !== undefined) {
  console.error(crash.error);
  console.error(`An input of ${crash.data.length} bytes is kept in ${saveCrash(name, crash.data)}`);
  process.exitCode = 1;
} else if (options.save) {
  const smallest = smallestCorpus(await loadProgram(targetPath(name)), new Random(seed), search.corpus);
  replaceCorpus(name, smallest);
  console.log(`${smallest.length} inputs of ${smallest.reduce((sum, { length }) => sum + length, 0)} bytes are kept`);
}

function report(): string {
  const { executions, features, corpus } = search;
  return `${executions} executions, ${features} features reached, ${corpus.length} inputs`;
}
