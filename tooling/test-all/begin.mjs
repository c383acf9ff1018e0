/** `pnpm test`: says what will run and how long it takes, before it installs anything; then runs main.ts. */
import { runInstalled } from "../with-install.mjs";

const args = process.argv.slice(2);
const filters = args.filter((arg) => arg !== "--all");
const where = args.includes("--all") ? "in Node, then Deno, Bun and workerd" : "in Node";
if (filters.length > 0) console.log(`The tests whose path contains ${filters.join(" or ")}, ${where}.`);
else if (args.includes("--all")) console.log(`All tests, ${where}: about 15 minutes on two cores.`);
else {
  console.log(
    "The fast tests: core, websocket, permessage-deflate, node and the examples, in Node; a minute and a half on two cores.",
  );
  console.log("`npx pnpm test --all` runs everything in Node, Deno, Bun and workerd, in about 15 minutes.");
}
console.log("The first time, up to 220 MB of tools are downloaded before.\n");
runInstalled(".", ["tsx", "tooling/test-all/main.ts", ...args]);
