/** Runs many cases, several at a time, and reports progress. */
import type { Role } from "@hybi/core";
import type { ConformanceCase } from "./case.ts";
import { type Selection, selectCases } from "./cases/all.ts";
import type { Patience } from "./drive/conversation.ts";
import type { Report } from "./report/report.ts";
import { type Attempt, type CaseResult, resolvePatience, runCase } from "./run-case.ts";

/** Options of a run. */
export interface RunOptions extends Omit<Selection, "role"> {
  /** Number of cases to run at the same time. Default: 4. */
  readonly concurrency?: number | undefined;
  /** Time limits in milliseconds; Infinity waits indefinitely. */
  readonly patience?: Partial<Patience> | undefined;
  /** Called with the result of each case when it has run. */
  readonly onResult?: ((result: CaseResult, done: number, total: number) => void) | undefined;
}

/** Returns the results of `cases`, in their order. `connect` creates a connection for each case. */
async function runCases(
  cases: readonly ConformanceCase[],
  connect: (testCase: ConformanceCase) => Promise<Attempt>,
  { concurrency = 4, patience, onResult }: RunOptions = {},
): Promise<readonly CaseResult[]> {
  const times = resolvePatience(patience);
  const results: CaseResult[] = [];
  let done = 0;
  // The workers share one iterator, and each takes the next case that has not been started.
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
  // One by one: long cases keep the tester and the subject so busy that other cases would time out.
  await work(entries.filter(([, { extended }]) => extended === true));
  return results;
}

/** Runs the cases of a selection with `runCases`, and returns a report. */
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
