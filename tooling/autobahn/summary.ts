/** Formats a run as a table, with a row per subject and a column per verdict. */
import type { Verdicts } from "./verdicts.ts";

export interface SummaryRow {
  readonly name: string;
  readonly verdicts: Verdicts;
  readonly seconds: number;
}

export function formatSummary(rows: readonly SummaryRow[]): string {
  const kinds = [...new Set(rows.flatMap(({ verdicts }) => [...verdicts.values()]))].sort();
  const header = ["subject", "cases", ...kinds, "seconds"];
  const cells = rows.map(({ name, verdicts, seconds }) => [
    name,
    String(verdicts.size),
    ...kinds.map((kind) => String([...verdicts.values()].filter((verdict) => verdict === kind).length)),
    seconds.toFixed(0),
  ]);
  const widths = header.map((text, column) => Math.max(text.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join("  ");
  return [line(header), ...cells.map(line)].join("\n");
}
