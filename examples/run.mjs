/**
 * `pnpm example` lists the examples, from the table in README.md; `pnpm example chat/server.ts` runs one. Listing needs nothing
 * installed.
 */
import { readFileSync, statSync } from "node:fs";
import { runInstalled } from "../tooling/with-install.mjs";

/** Returns the programs of the table and what they show, without the marks of Markdown. */
function listed() {
  const rows = readFileSync(new URL("README.md", import.meta.url), "utf8").matchAll(/^\| (`.*?) \| (.*) \|$/gm);
  return [...rows].map(([, programs, text]) => ({
    programs: [...programs.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    text: text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", ""),
  }));
}

const [name, ...args] = process.argv.slice(2);
if (name !== undefined && statSync(new URL(name, import.meta.url), { throwIfNoEntry: false })?.isFile()) {
  const loaders = ["--conditions=@hybi/source", "--import", "./typescript-in-workers.mjs"];
  runInstalled("examples", ["tsx", ...loaders, name, ...args]);
}

if (name !== undefined) console.error(`There is no example ${name}.\n`);
const print = name === undefined ? console.log : console.error;
print("The examples, each with what it shows. Run one by its name: npx pnpm example chat/server.ts\n");
for (const { programs, text } of listed()) print(`${programs.join(", ")}\n    ${text}`);
process.exitCode = name === undefined ? 0 : 1;
