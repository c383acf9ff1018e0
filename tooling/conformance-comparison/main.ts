/**
 * `pnpm conformance:compare` compares two judges on the same servers, ours and those of other projects. Each server is run
 * through the Autobahn testsuite and through our conformance cases. Where both have the same case, the verdicts must
 * match, or `explanations.json` must say why not. It ends with `N passed, N failed`.
 *
 * `--peer ws`, repeatable, selects servers; `--cases 6.*,7.*` selects cases; `--all` includes those that take long;
 * `--write` writes docs/design/conformance-comparison.md.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { judge, reports } from "../autobahn/judge.ts";
import { Program } from "../autobahn/program.ts";
import type { Subject } from "../autobahn/subjects.ts";
import { installSuite, type Suite } from "../autobahn/suite.ts";
import { Unavailable } from "../fetched.ts";
import { run } from "../repository.ts";
import { compareJudges, type Explanation, explain, type OurResult, type PeerComparison } from "./comparison.ts";
import { writePage } from "./page.ts";
import { peers } from "./peers.ts";

const { values } = parseArgs({
  options: {
    peer: { type: "string", multiple: true, default: peers.map(({ name }) => name) },
    cases: { type: "string" },
    all: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
/** Without `--all`, our cases omit the largest messages and nearly all series of a thousand compressed ones. */
const selection = [...(values.cases === undefined ? [] : ["--only", values.cases]), ...(values.all ? ["--all"] : [])];
const explanations: Explanation[] = JSON.parse(readFileSync(join(import.meta.dirname, "explanations.json"), "utf8"));
const ourCommand = ["tsx", "--conditions=@hybi/source", "packages/conformance/src/cli/conformance.ts"];

const comparisons: PeerComparison[] = [];
let suite: Suite | undefined;
try {
  suite = await installSuite();
} catch (error) {
  printSkipped("the Autobahn testsuite", error);
}
if (suite !== undefined) {
  for (const { name, prepare } of peers.filter((peer) => values.peer.includes(peer.name))) {
    try {
      const comparison = await compare(suite, await prepare());
      console.log(`${name}: ${comparison.compared} cases, ${comparison.differences.length} judged differently`);
      comparisons.push(comparison);
    } catch (error) {
      printSkipped(name, error);
    }
  }
}
conclude();

/** Where the judges differ, both judge again, ours with longer deadlines, to exclude the effect of a busy machine. */
async function compare(suite: Suite, subject: Subject): Promise<PeerComparison> {
  const first = await judgeTwice(suite, subject, []);
  const again = first.comparison.differences.map(({ id }) => id);
  if (again.length === 0) return first.comparison;
  console.log(`${subject.name}: retrying ${again.join(", ")}`);
  const second = await judgeTwice(suite, { ...subject, name: `${subject.name}-again` }, again);
  const verdicts = new Map([...first.verdicts, ...second.verdicts]);
  const results = new Map([...first.ours, ...second.ours].map((result) => [result.id, result]));
  return compareJudges(subject.name, verdicts, [...results.values()]);
}

/** Returns both verdicts on the cases `ids`, or on all cases that both have. */
async function judgeTwice(suite: Suite, subject: Subject, ids: readonly string[]) {
  const ours = (await runOurs(subject, ids)).filter(({ autobahn }) => autobahn !== undefined);
  const verdicts = await judge(
    suite,
    subject,
    ours.map(({ autobahn = "" }) => autobahn),
  );
  return { ours, verdicts, comparison: compareJudges(subject.name, verdicts, ours) };
}

async function runOurs(subject: Subject, ids: readonly string[]): Promise<OurResult[]> {
  const folder = join(reports, "comparison");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${subject.name}.json`);
  const patient = ["--only", ids.join(","), "--timeout", "60000", "--concurrency", "1"];
  const which = ids.length > 0 ? patient : selection;
  const server = new Program(subject.command, { env: subject.env ?? {} });
  try {
    const [, url = ""] = await server.line(/(ws:\/\/127\.0\.0\.1:\d+)/);
    const { exitCode, output } = await run([...ourCommand, "server", url, "--json", file, ...which], { capture: true });
    // 1 means that cases have failed, which is expected here.
    if (exitCode > 1) throw new Error(`${subject.name} could not be tested:\n${output}`);
    return JSON.parse(readFileSync(file, "utf8")).cases;
  } finally {
    await server.stop();
  }
}

function printSkipped(what: string, error: unknown): void {
  if (!(error instanceof Unavailable)) throw error;
  console.log(`\nSKIPPED: ${what} cannot run on this machine: ${error.message}\n`);
}

function conclude(): void {
  const differences = comparisons.flatMap((comparison) => comparison.differences);
  const unexplained = differences.filter((difference) => explain(difference, explanations) === undefined);
  for (const { peer, id, autobahn, ours, reason } of unexplained) {
    console.log(`${peer} ${id}: Autobahn says ${autobahn}, hybi says ${ours} (${reason})`);
  }
  const titles = new Map(peers.map(({ name, title }) => [name, title]));
  if (values.write) writePage(titles, comparisons, explanations);
  const compared = comparisons.reduce((sum, comparison) => sum + comparison.compared, 0);
  console.log(`\n${compared - unexplained.length} passed, ${unexplained.length} failed`);
  process.exitCode = unexplained.length > 0 ? 1 : 0;
}
