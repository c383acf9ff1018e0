/** Reports as text: a table of servers, and the outcome of each kind of hostile client. */
import type { AttackTallies } from "./attack.ts";
import type { Criterion } from "./criteria.ts";
import type { HostileReport } from "./measure.ts";

/** The table row of a server. */
export interface HostileRow {
  readonly title: string;
  readonly report: HostileReport;
  readonly criteria: readonly Criterion[];
}

export interface TableOptions {
  /** Whether to write a Markdown table. */
  readonly markdown?: boolean | undefined;
}

const head = [
  ...["server", "resident MiB: before, peak, after", "innocent p50 / p99 / max ms", "quiet p99", "answered"],
  ...["ended", "late: open, 503, failed", "descriptors", "CPU s", "attack MiB", "verdict"],
];

/** Formats a table with one row per server. */
export function formatServers(rows: readonly HostileRow[], { markdown = false }: TableOptions = {}): string {
  return table([head, ...rows.map(cells)], markdown);
}

/** Formats the outcome of the clients of each kind. */
export function formatKinds(tallies: AttackTallies, { markdown = false }: TableOptions = {}): string {
  const rows = Object.entries(tallies).map(([name, { connected, opened, sent, endings }]) => [
    name,
    String(connected),
    String(opened),
    (sent / 1_048_576).toFixed(1),
    Object.entries(endings)
      .sort(([, a], [, b]) => b - a)
      .map(([ending, count]) => `${ending} × ${count}`)
      .join(", "),
  ]);
  return table([["hostile clients", "connected", "opened", "MiB sent", "ended by the server"], ...rows], markdown);
}

/** Formats the criteria, one per line. */
export function formatCriteria(criteria: readonly Criterion[]): string {
  return criteria.map(({ title, verdict, detail }) => `${verdict.padEnd(7)} ${title.padEnd(9)} ${detail}`).join("\n");
}

function cells({ title, report, criteria }: HostileRow): readonly string[] {
  const { quiet, attacked, process } = report;
  const { latencies, messages, late, closed } = attacked;
  const failed = criteria.filter(({ verdict }) => verdict === "fail").map((criterion) => criterion.title);
  const size = (bytes: number): string => String(Math.round(bytes / 1_048_576));
  const time = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)));
  return [
    title,
    process === undefined
      ? "-"
      : [process.resident.before, process.resident.peak, process.resident.after].map(size).join(" → "),
    [latencies.p50, latencies.p99, latencies.max].map(time).join(" / "),
    time(quiet.latencies.p99),
    `${messages.answered} of ${messages.sent}`,
    String(closed),
    `${late.opened}, ${late.refused}, ${late.failed}`,
    process === undefined ? "-" : `${process.descriptors.before} → ${process.descriptors.after}`,
    process === undefined ? "-" : process.processorTime.toFixed(0),
    size(Object.values(report.attackers).reduce((sum, { sent }) => sum + sent, 0)),
    failed.length === 0 ? "pass" : `fails: ${failed.join(", ")}`,
  ];
}

function table(rows: readonly (readonly string[])[], markdown: boolean): string {
  if (markdown) {
    const [first = [], ...rest] = rows;
    const rule = first.map((_, column) => (column === 0 ? "---" : "--:"));
    return [first, rule, ...rest].map((row) => `| ${row.join(" | ")} |`).join("\n");
  }
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
