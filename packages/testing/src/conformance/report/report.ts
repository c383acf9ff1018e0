/** How all cases went. */
import type { Role } from "@hybi/core";
import type { ConformanceCase } from "../case.ts";
import type { Verdict } from "../judge.ts";
import { verdicts } from "../judge.ts";
import type { CaseResult } from "../run-case.ts";

export interface Report {
  /** Who was tested: a URL, the agent that a client gave, or a name. */
  readonly subject: string;
  /** The role of the subject. */
  readonly role: Role;
  readonly milliseconds: number;
  /** What was run, and how it went, in the same order. */
  readonly cases: readonly ConformanceCase[];
  readonly results: readonly CaseResult[];
}

/** How many results there are of each verdict. */
export function tallyOf(results: readonly CaseResult[]): Readonly<Record<Verdict, number>> {
  const tally = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of results) tally[verdict]++;
  return tally;
}

/** Whether nothing has failed, and something was tested. */
export function passes({ results }: Report): boolean {
  return results.length > 0 && results.every(({ verdict }) => verdict !== "failed");
}
