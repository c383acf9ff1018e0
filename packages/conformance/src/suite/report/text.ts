/** Formats a report for a terminal or a log. */
import { escapeLine } from "../../inspect/words.ts";
import type { ConformanceCase } from "../case.ts";
import { type Verdict, verdicts } from "../judge.ts";
import type { CaseResult } from "../run-case.ts";
import { type Report, tallyOf } from "./report.ts";
import { formatTranscript } from "./transcript-text.ts";

/** Options of the text report. */
export interface TextOptions {
  /** Whether to print the transcript of each failed case. Default: true. */
  readonly transcripts?: boolean | undefined;
}

/** Formats counts, leaving out those that are zero: "620 ok, 1 non-strict, 0 failed". */
export function formatTally(results: readonly CaseResult[]): string {
  const tally = tallyOf(results);
  const always: readonly Verdict[] = ["ok", "failed"];
  return verdicts
    .filter((verdict) => tally[verdict] > 0 || always.includes(verdict))
    .map((verdict) => `${tally[verdict]} ${verdict}`)
    .join(", ");
}

/** Formats the report as text: every case that is not "ok", worst last, and a summary line. */
export function formatText(report: Report, { transcripts = true }: TextOptions = {}): string {
  const { cases, results, subject, role, milliseconds } = report;
  const lines: string[] = [];
  for (const verdict of verdicts.slice(1)) {
    for (const [index, result] of results.entries()) {
      if (result.verdict !== verdict) continue;
      lines.push(...formatResult(cases[index] as ConformanceCase, result));
      if (verdict === "failed" && transcripts) lines.push(...formatTranscript(result).map((line) => `    ${line}`), "");
    }
  }
  const seconds = (milliseconds / 1000).toFixed(1);
  lines.push(`${escapeLine(subject)}, as a ${role}: ${formatTally(results)}; ${results.length} cases in ${seconds} s`);
  return `${lines.join("\n")}\n`;
}

function formatResult({ title, section }: ConformanceCase, { id, verdict, reason }: CaseResult): string[] {
  const lines = [`${verdict.padEnd(13)} ${id.padEnd(8)} ${title} (${section})`];
  if (reason !== "") lines.push(`${" ".repeat(22)} ${escapeLine(reason)}`);
  return lines;
}
