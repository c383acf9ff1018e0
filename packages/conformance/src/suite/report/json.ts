/** Formats a report for programs. */
import type { ConformanceCase } from "../case.ts";
import { type Report, tallyOf } from "./report.ts";
import { formatTranscript } from "./transcript-text.ts";

/**
 * Formats the report as JSON: each case with its verdict, reason and milliseconds, and transcripts of those that are
 * not "ok".
 */
export function formatJson(report: Report): string {
  const { subject, role, milliseconds, cases, results } = report;
  const entries = results.map((result, index) => {
    const { title, section, severity, autobahn, requirements } = cases[index] as ConformanceCase;
    const { id, verdict, reason, statusCode } = result;
    const transcript = verdict === "ok" ? undefined : formatTranscript(result);
    const rounded = Math.round(result.milliseconds);
    return {
      id,
      verdict,
      reason,
      title,
      section,
      severity,
      autobahn,
      requirements,
      statusCode,
      milliseconds: rounded,
      transcript,
    };
  });
  const summary = { subject, role, milliseconds: Math.round(milliseconds), tally: tallyOf(results) };
  return `${JSON.stringify({ ...summary, cases: entries }, undefined, 1)}\n`;
}
