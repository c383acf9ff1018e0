/** Runs many cases, a few at a time, and tells how it goes. */
import type { Role } from "@hybi/core";
import type { ConformanceCase } from "./case.ts";
import { type Selection, selectCases } from "./cases/all.ts";
import type { Patience } from "./drive/conversation.ts";
import type { Report } from "./report/report.ts";
import { type Attempt, type CaseResult, resolvePatience, runCase } from "./run-case.ts";

/** How to run. */
export interface RunOptions extends Omit<Selection, "role"> {
  /** Cases at a time. 4. */
  readonly concurrency?: number | undefined;
  /** Milliseconds to wait for various things; Infinity waits as long as it takes. */
  readonly patience?: Partial<Patience> | undefined;
  /** Is told of each case when it has run. */
  readonly onResult?: ((result: CaseResult, done: number, total: number) => void) | undefined;
}

/** What `cases` come to, in their order. `connect` makes a connection for each. */
async function runCases(
  cases: readonly ConformanceCase[],
  connect: (testCase: ConformanceCase) => Promise<Attempt>,
  { concurrency = 4, patience, onResult }: RunOptions = {},
): Promise<readonly CaseResult[]> {
  const times = resolvePatience(patience);
  const results: CaseResult[] = [];
  let done = 0;
  // Several share one iterator, and each goes on with what nobody has begun.
  const work = async (queue: Iterable<[number, ConformanceCase]>): Promise<void> => {
    for (const [index, testCase] of queue) {
      const result = await runCase(testCase, () => connect(testCase), times);
      results[index] = result;
      onResult?.(result, ++done, cases.length);
    }
  };
  const entries = [...cases.entries()];
  const quick = entries.filter(([, { extended }]) => extended !== true).values();
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, () => work(quick)));
  // One by one: what takes long keeps the tester and the subject so busy that others would wait in vain.
  await work(entries.filter(([, { extended }]) => extended === true));
  return results;
}

/** As `runCases`, with the cases of a selection, as a report. */
export async function runSelection(
  role: Role,
  subject: string,
  connect: (testCase: ConformanceCase) => Promise<Attempt>,
  options: RunOptions,
): Promise<Report> {
  const begin = performance.now();
  const cases = selectCases({ ...options, role });
  const results = await runCases(cases, connect, options);
  return { subject, role, milliseconds: performance.now() - begin, cases, results };
}
