/** Formats the measurements over sockets, for a terminal and for Markdown. */
import { alignColumns, formatMarkdownTable, formatNumber } from "../format.ts";
import { echoGoals, handshakeGoal, idleGoal } from "../goals.ts";
import type { EchoMeasurement, EchoRow } from "./echo.ts";
import type { HandshakesRow } from "./handshakes.ts";
import type { IdleResult, IdleRow } from "./idle.ts";

/** The servers that have goals, in the order of their verdicts. */
const ours = ["class", "pump"];

const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)}×`;

/** Returns a ratio with its spread. */
function spreadRatio({ ratio, spread }: { readonly ratio: number; readonly spread: number }): string {
  return `${ratio.toFixed(2)} ±${Math.round(spread * 100)}%`;
}

/** Returns by how much `ratio` misses `goal`, or that it reaches it. */
function verdict(ratio: number, goal: number): string {
  const missing = 1 - ratio / goal;
  return missing <= 0 ? "✓" : `−${Math.max(1, Math.round(missing * 100))} %`;
}

export function echoTable(rows: readonly EchoRow[], markdown: boolean): string {
  const subjects = rows[0]?.measurements.map(({ subject }) => subject) ?? [];
  const [, ...others] = subjects.map(({ title }) => title);
  if (!markdown) {
    const head = ["Echo, µs of the server's CPU", ...subjects.flatMap(({ title }) => [title, "ratio"])];
    const cells = rows.map(({ title, measurements }) => [
      title,
      ...measurements.flatMap((measurement) => [formatNumber(measurement.median), spreadRatio(measurement)]),
    ]);
    return alignColumns([head, ...cells]);
  }
  const head = ["Echo, server's CPU per message", "ws", ...others, "goal"];
  const cells = rows.map(({ name, title, measurements: [first, ...rest] }) => [
    title,
    `${formatNumber(first?.median ?? Number.NaN)} µs`,
    ...rest.map(({ ratio }) => times(ratio)),
    echoVerdict(name, rest),
  ]);
  return formatMarkdownTable(head, cells);
}

function echoVerdict(row: string, measurements: readonly EchoMeasurement[]): string {
  const goal = echoGoals[row];
  if (goal === undefined) return "";
  const find = (name: string): EchoMeasurement | undefined => measurements.find(({ subject }) => subject.name === name);
  const own = ours.map(find).filter((found) => found !== undefined);
  const text = `≥${goal.ratio} ${own.map(({ ratio }) => verdict(ratio, goal.ratio)).join(" / ")}`;
  const [beside, pump] = [goal.beside && find(goal.beside.name), find("pump")];
  if (goal.beside === undefined || beside === undefined || pump === undefined) return text;
  const ratio = pump.ratio / beside.ratio;
  return `${text}; to ${goal.beside.title} ${times(ratio)}, ≥${goal.beside.ratio}${ratio >= goal.beside.ratio ? " ✓" : ""}`;
}

export function idleTable({ connections, rows }: IdleResult, markdown: boolean): string {
  const raw = rows.find(({ subject }) => subject.name === "raw");
  const head = [
    `KiB per connection, of ${connections.toLocaleString("en-US")} idle connections`,
    ...["heap, never used", "above TCP alone", "heap, after an echo", "above TCP alone"],
    ...["resident, never used", "after an echo", "goal"],
  ];
  const cells = rows.map((row) => idleCells(row, raw));
  return markdown ? formatMarkdownTable(head, cells) : alignColumns([head, ...cells]);
}

function idleCells({ subject, unused, used }: IdleRow, raw: IdleRow | undefined): string[] {
  const size = (kibibytes: number): string => kibibytes.toFixed(2);
  const above = [unused.heap - (raw?.unused.heap ?? 0), used.heap - (raw?.used.heap ?? 0)] as const;
  const hasGoal = ours.includes(subject.name);
  return [
    subject.title,
    ...[size(unused.heap), size(above[0]), size(used.heap), size(above[1])],
    ...[size(unused.resident), size(used.resident)],
    hasGoal ? `≤${idleGoal} ${above[0] <= idleGoal ? "✓" : `× ${(above[0] / idleGoal).toFixed(1)}`}` : "",
  ];
}

export function handshakesTable(rows: readonly HandshakesRow[], markdown: boolean): string {
  const head = ["Opening handshakes", "server's CPU, µs", "ratio", "per second, at best", "goal"];
  const cells = rows.map((row) => [
    row.subject.title,
    formatNumber(row.median),
    markdown ? times(row.ratio) : spreadRatio(row),
    formatNumber(row.rate),
    ours.includes(row.subject.name) ? `≥${handshakeGoal} ${verdict(row.ratio, handshakeGoal)}` : "",
  ]);
  return markdown ? formatMarkdownTable(head, cells) : alignColumns([head, ...cells]);
}
