/** The command `hybi-hostile` as a function of its arguments. */
import { writeFileSync } from "node:fs";
import { attackKinds } from "@hybi/testing/attacks";
import { judgeHostile } from "../hostile/criteria.ts";
import { measureUnderAttack } from "../hostile/measure.ts";
import { formatCriteria, formatKinds, formatServers } from "../hostile/report-text.ts";
import { type HostileFlags, hostileFlagsHelp, readHostileFlags, targetsOf } from "./hostile-options.ts";

const help = `Attacks a WebSocket echo server of yours with many hostile clients at once, and measures what becomes of the innocent ones
beside them, and of the server's memory.

  hybi-hostile <url>       attacks the echo server at ws://… or wss://…
  hybi-hostile kinds       lists the kinds of hostile clients

${hostileFlagsHelp}
  --tls <url>              a port of TLS of the same server, for handshakes that never end
  --pid <n>                the server's process, several times for several; found by its port on this machine
  --i-own-this-server      attacks an address that is not of this machine alone

Compression must be on at the server for the kinds that compress to mean anything. Memory, descriptors and connections are
seen from outside, in Linux, when the server is on this machine.

Exits with 0 if the server held, with 1 if it did not, and with 2 if nothing could be measured.
`;

/** 512 MiB. */
const defaultBudget = 536_870_912;

/** Runs the command; returns the exit code. `program` is started again for the attackers' processes. */
export async function runHostile(args: readonly string[], program: string): Promise<number> {
  try {
    const flags = readHostileFlags(args);
    const [url, ...rest] = flags.positionals;
    if (flags.help || url === undefined) return write(help, flags.help ? 0 : 2);
    if (rest.length > 0) throw new Error("One server at a time; see --help.");
    if (url === "kinds") return write(`${listKinds()}\n`, 0);
    return await attack(url, flags, program);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function attack(url: string, flags: HostileFlags, program: string): Promise<number> {
  const { pids, markdown, json, budget = defaultBudget } = flags;
  const report = await measureUnderAttack({ ...flags.attack, ...targetsOf(url, flags), pids, program });
  const criteria = judgeHostile(report, { budget });
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ url, report, criteria }, undefined, 1)}\n`);
  write(`${formatServers([{ title: url, report, criteria }], { markdown })}\n\n`, 0);
  write(`${formatKinds(report.attackers, { markdown })}\n\n${formatCriteria(criteria)}\n`, 0);
  return criteria.some(({ verdict }) => verdict === "fail") ? 1 : 0;
}

function listKinds(): string {
  const width = Math.max(...attackKinds.map(({ name }) => name.length));
  return attackKinds.map(({ name, title }) => `  ${name.padEnd(width)}  a client that ${title}`).join("\n");
}

function write(text: string, exitCode: number): number {
  process.stdout.write(text);
  return exitCode;
}
