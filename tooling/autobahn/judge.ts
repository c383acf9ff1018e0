/** Runs Autobahn against a subject: its fuzzing client against a server, its fuzzing server against a client. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { root } from "../repository.ts";
import { Program } from "./program.ts";
import type { Subject } from "./subjects.ts";
import type { Suite } from "./suite.ts";
import { readVerdicts, type Verdicts } from "./verdicts.ts";

/** Folder of the reports, as HTML and as JSON. */
export const reports: string = join(root, "node_modules/.reports/autobahn");

/** Limit for a run. All cases take half an hour on an idle machine. */
const longestRun = 4 * 3_600_000;

/** Runs the cases selected by `patterns` and returns their verdicts. */
export async function judge(suite: Suite, subject: Subject, patterns: readonly string[]): Promise<Verdicts> {
  const folder = join(reports, subject.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const spec = { outdir: folder, cases: patterns, "exclude-cases": [], "exclude-agent-cases": {} };
  const wstest = (mode: string, more: object): Program => {
    const file = join(folder, "spec.json");
    writeFileSync(file, JSON.stringify({ ...spec, ...more }));
    return new Program([...suite.command, "-m", mode, "-u", "0", "-s", file], { cwd: folder, env: suite.env });
  };
  const output = subject.role === "server" ? await judgeServer(subject, wstest) : await judgeClient(subject, wstest);
  try {
    const report = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
    return readVerdicts(report[subject.name]);
  } catch {
    throw new Error(`${subject.name}: Autobahn wrote no report\n${output}`);
  }
}

type Wstest = (mode: string, more: object) => Program;

async function judgeServer(subject: Subject, wstest: Wstest): Promise<string> {
  const server = new Program(subject.command, { env: subject.env ?? {} });
  try {
    const [, url] = await server.line(/(ws:\/\/127\.0\.0\.1:\d+)/);
    const autobahn = wstest("fuzzingclient", { servers: [{ agent: subject.name, url }] });
    await autobahn.ended(longestRun);
    return autobahn.output + server.output;
  } finally {
    await server.stop();
  }
}

async function judgeClient(subject: Subject, wstest: Wstest): Promise<string> {
  const port = await freePort();
  const url = `ws://127.0.0.1:${port}`;
  const autobahn = wstest("fuzzingserver", { url });
  try {
    await waitUntilListening(autobahn, port);
    const client = new Program([...subject.command, url, subject.name], { env: subject.env ?? {} });
    await client.ended(longestRun);
    return autobahn.output + client.output;
  } finally {
    await autobahn.stop();
  }
}

/** Returns a free port: Autobahn must be given one, and does not report one it chose itself. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("bug: a TCP server has a port");
  return address.port;
}

/** Waits until `program` accepts connections. */
async function waitUntilListening(program: Program, port: number): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (!program.isRunning) break;
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Autobahn's server did not start:\n${program.output}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
