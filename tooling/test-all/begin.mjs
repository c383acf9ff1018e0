/**
 * `pnpm test`: says what will run and how long it takes, before it installs anything; then runs main.ts, with `--fast` unless the
 * arguments say which files to run.
 */
import { runInstalled } from "../with-install.mjs";

/** Options of vitest whose value is the next argument. That of any other option is written as `--option=value`. */
const withValue = ["-t", "--testNamePattern", "--reporter", "--bail", "--retry", "--shard", "--pool", "--maxWorkers"];

const args = process.argv.slice(2);
const all = args.includes("--all");
const chosen = selectionIn(args);
const isFast = !all && chosen.length === 0;
const where = all ? "in Node, then Deno, Bun, workerd and a bare engine" : "in Node";
if (chosen.length > 0) console.log(`The tests ${chosen.join(" or ")}, ${where}.`);
else if (all) console.log(`All tests, ${where}: about 9 minutes on two cores.`);
else {
  console.log(
    "The fast tests: core, websocket, permessage-deflate, node and the examples, in Node; a minute and a half on two cores.",
  );
  console.log(
    "`npx pnpm test --all` runs everything in Node, Deno, Bun, workerd and a bare engine, in about 9 minutes.",
  );
}
console.log("The first time, all tools of this repository are installed before; README.md says how large they are.\n");
runInstalled(".", ["tsx", "tooling/test-all/main.ts", ...(isFast ? ["--fast"] : []), ...args]);

/** Returns which files the arguments select: paths, and projects of vitest. */
function selectionIn(args) {
  const rest = args.values();
  const selection = [];
  for (const arg of rest) {
    if (!arg.startsWith("-")) selection.push(`whose path contains ${arg}`);
    else if (arg === "--project") selection.push(`of the project ${rest.next().value}`);
    else if (arg.startsWith("--project=")) selection.push(`of the project ${arg.slice("--project=".length)}`);
    else if (withValue.includes(arg)) rest.next();
  }
  return selection;
}
