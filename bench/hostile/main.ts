/**
 * `pnpm hostile ws://127.0.0.1:9001/` attacks the server at the URL, like `hybi-hostile`. Without a URL it attacks ours
 * in Node, Deno and Bun, then `ws`, Bun.serve, websockets (Python) and gorilla (Go), one after the other, each with its
 * defaults and compression, and prints one table. `--servers node,ws` selects servers, `--write` writes the table into
 * docs/design/hostile-load.md; the other flags are those of the command.
 */
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import {
  attackersArgument,
  formatCriteria,
  formatKinds,
  formatServers,
  judgeHostile,
  serveAttack,
} from "@hybi/conformance/hostile";
import { runHostile } from "../../packages/conformance/src/cli/hostile-command.ts";
import { type HostileFlags, readHostileFlags } from "../../packages/conformance/src/cli/hostile-options.ts";
import { attackServer, type ServerResult } from "./compare.ts";
import { writePage } from "./page.ts";
import { knownServers } from "./servers.ts";

const program = fileURLToPath(import.meta.url);
/** Budget if no server of the run has its own: 512 MiB. */
const defaultBudget = 536_870_912;

// pnpm passes on the "--" typed by its users.
const args = process.argv.slice(2).filter((argument) => argument !== "--");
if (args[0] === attackersArgument) serveAttack();
else process.exit(await attackKnownOrOther());

async function attackKnownOrOther(): Promise<number> {
  let flags: HostileFlags;
  try {
    flags = readHostileFlags(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  return flags.help || flags.positionals.length > 0 ? runHostile(args, program) : attackKnown(flags);
}

async function attackKnown({ servers, attack, json, markdown, ...flags }: HostileFlags): Promise<number> {
  const unknown = servers.find((wanted) => knownServers.every(({ name }) => name !== wanted));
  if (unknown !== undefined) {
    console.error(`There is no server "${unknown}". There are: ${knownServers.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  const { clients, innocents, duration } = attack;
  const conditions =
    `${clients} hostile clients and ${innocents} innocent ones for ${duration / 1000} s, on ` +
    `${cpus().length} × ${cpus()[0]?.model} with ${Math.round(totalmem() / 2 ** 30)} GiB of memory.`;
  console.log(`${conditions}\n`);
  const results: ServerResult[] = [];
  for (const server of knownServers.filter(({ name }) => servers.length === 0 || servers.includes(name))) {
    const result = await attackServer(server, { ...attack, program });
    if (result !== undefined) results.push(result);
  }
  const reference = results.find(({ server }) => server.name === "ws")?.report.attacked.latencies.p99;
  // Other servers have no such limit, so they are judged by ours.
  const common = flags.budget ?? results.find(({ budget }) => budget !== undefined)?.budget ?? defaultBudget;
  const rows = results.map(({ server, title, budget = common, report }) => ({
    server,
    title,
    report,
    criteria: judgeHostile(report, { budget, reference: server.name === "ws" ? undefined : reference }),
  }));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, undefined, 1)}\n`);
  if (flags.write) writePage(conditions, rows);
  console.log(`${formatServers(rows, { markdown })}\n`);
  for (const { title, report, criteria } of rows) {
    console.log(`${title}\n\n${formatCriteria(criteria)}\n\n${formatKinds(report.attackers, { markdown })}\n`);
  }
  const ours = rows.filter(({ server }) => server.isOurs).flatMap(({ criteria }) => criteria);
  return ours.some(({ verdict }) => verdict === "fail") ? 1 : 0;
}
