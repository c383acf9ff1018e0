/**
 * `pnpm autobahn` runs the Autobahn testsuite against our servers and clients and compares the verdicts case by case with
 * `expected/`. It ends with `N passed, N failed`; a case passes if its verdict is the expected one.
 *
 * `--quick` omits the cases that take minutes; `--cases 7.*,9.1.1` selects cases; `--server node` and `--client bun`,
 * repeatable, select subjects; `--write` replaces the expected verdicts by those of the run.
 */

import { Unavailable } from "../fetched.ts";
import { readExpected, writeExpected } from "./expected.ts";
import { judge, reports } from "./judge.ts";
import { parseSelection, type Selection } from "./selection.ts";
import type { Subject } from "./subjects.ts";
import { installSuite, type Suite } from "./suite.ts";
import { formatSummary } from "./summary.ts";
import { compareVerdicts, selectCases, type Verdicts } from "./verdicts.ts";

interface Outcome {
  readonly name: string;
  readonly verdicts: Verdicts;
  readonly differences: readonly string[];
  readonly seconds: number;
}

const selection = parseSelection(process.argv.slice(2));
try {
  await report(await installSuite(), selection);
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.log(`\nSKIPPED: the Autobahn testsuite cannot run on this machine: ${error.message}\n\n0 passed, 0 failed`);
}

async function report(suite: Suite, { subjects, parallel }: Selection): Promise<void> {
  const outcomes = await inParallel(subjects, parallel, (subject) =>
    judgeTwice(suite, subject).catch((error: Error): Outcome => {
      return { name: subject.name, verdicts: new Map(), differences: [`was not judged: ${error.message}`], seconds: 0 };
    }),
  );
  console.log(`\n${formatSummary(outcomes)}\nReports: ${reports}`);
  let passed = 0;
  let failed = 0;
  for (const { name, verdicts, differences } of outcomes) {
    for (const difference of differences) console.log(`${name} ${difference}`);
    failed += differences.length;
    const expected = readExpected(name);
    passed += [...verdicts].filter(([id, verdict]) => verdict === (expected.get(id) ?? "OK")).length;
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** Runs the cases. Those with a different verdict run again, alone: cases with a 1 s wait may fail on a busy machine. */
async function judgeTwice(suite: Suite, subject: Subject): Promise<Outcome> {
  const begun = performance.now();
  let verdicts = await judge(suite, subject, selection.cases);
  if (selection.write) writeExpected(subject.name, verdicts);
  const expected = selectCases(readExpected(subject.name), selection.cases);
  const differing = [...verdicts.keys()].filter((id) => verdicts.get(id) !== (expected.get(id) ?? "OK"));
  if (differing.length > 0) {
    console.log(`${subject.name}: retrying ${differing.map((id) => `${id} (${verdicts.get(id)})`).join(", ")}`);
    const again = { ...subject, name: `${subject.name}-again` };
    verdicts = new Map([...verdicts, ...(await judge(suite, again, differing))]);
  }
  const seconds = (performance.now() - begun) / 1000;
  console.log(`${subject.name}: ${verdicts.size} cases in ${seconds.toFixed(0)} s`);
  return { name: subject.name, verdicts, differences: compareVerdicts(expected, verdicts), seconds };
}

async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.map((item, index) => ({ item, index }));
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results[next.index] = await act(next.item);
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}
