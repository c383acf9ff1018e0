/** The results of a run. */
import type { Role } from "@hybi/core";
import type { ConformanceCase } from "../case.ts";
import type { Verdict } from "../judge.ts";
import { verdicts } from "../judge.ts";
import type { CaseResult } from "../run-case.ts";

export interface Report {
  /** The subject under test: a URL, the agent name that a client gave, or another name. */
  readonly subject: string;
  /** The role of the subject. */
  readonly role: Role;
  readonly milliseconds: number;
  /** The cases that were run, and their results in the same order. */
  readonly cases: readonly ConformanceCase[];
  readonly results: readonly CaseResult[];
}

/** Counts the results of each verdict. */
export function tallyOf(results: readonly CaseResult[]): Readonly<Record<Verdict, number>> {
  const tally = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of results) tally[verdict]++;
  return tally;
}

/** Whether at least one case was run and none has failed. */
export function passes({ results }: Report): boolean {
  return results.length > 0 && results.every(({ verdict }) => verdict !== "failed");
}
