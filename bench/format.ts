/** Formats measurements as tables: for a terminal, and for Markdown with the goals beside them. */
import { type Goal, goals } from "./goals.ts";
import type { LinearityRow } from "./linearity.ts";
import type { MeasuredTask, Measurement } from "./measure.ts";
import type { MemoryRow } from "./memory.ts";
import type { Table } from "./tables.ts";
import { findWorkload, meanLength } from "./workloads.ts";

const markdownRow = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

export function formatMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, column) => (column === 0 ? "---" : "--:")), ...rows].map(markdownRow).join("\n");
}

/** Returns `rows` as text with aligned columns: the first to the left, the others to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

export function formatNumber(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : 2);
}

function titleOf(name: string): string {
  return findWorkload(name)?.title ?? name;
}

/** Returns the throughput in megabytes of payload per second. */
function throughput(workload: string, nanoseconds: number): string {
  const found = findWorkload(workload);
  return found === undefined ? "-" : formatNumber((meanLength(found) / nanoseconds) * 1000);
}

/** Returns the table for a terminal: per implementation the time per message, its throughput, and its ratio with spread. */
export function terminalTable(title: string, measured: readonly MeasuredTask[]): string {
  const names = measured[0]?.measurements.map(({ implementation }) => implementation.title) ?? [];
  const head = ["", ...names.flatMap((name) => [name, "MB/s", "ratio"])];
  const rows = measured.map(({ task, measurements }) => [
    titleOf(task.workload),
    ...measurements.flatMap(({ nanoseconds, ratio, spread }) => [
      `${formatNumber(nanoseconds)} ns`,
      throughput(task.workload, nanoseconds),
      `${ratio.toFixed(2)} ±${Math.round(spread * 100)}%`,
    ]),
  ]);
  return `${title}\n${alignColumns([head, ...rows])}`;
}

function findMeasurement(measurements: readonly Measurement[], name: string): Measurement | undefined {
  return measurements.find(({ implementation }) => implementation.name === name);
}

function formatRatio(measurement: Measurement | undefined): string {
  return measurement === undefined ? "" : `${measurement.ratio.toFixed(measurement.ratio < 10 ? 2 : 1)}×`;
}

/** Returns whether a ratio reaches its goal, or by how much it misses it. Differences below 3 % are noise. */
function verdict(goal: number, measurement: Measurement | undefined): string {
  if (measurement === undefined) return "";
  const missing = 1 - measurement.ratio / goal;
  return missing <= 0 ? `≥${goal} ✓` : `≥${goal} −${Math.max(1, Math.round(missing * 100))} %`;
}

function verdicts(goal: Goal | undefined, measurements: readonly Measurement[]): string {
  if (goal === undefined) return "";
  const [portable, host] = [
    verdict(goal.portable, findMeasurement(measurements, "hybi")),
    verdict(goal.host, findMeasurement(measurements, "hybi-host")),
  ];
  const [own, native] = [findMeasurement(measurements, "hybi"), findMeasurement(measurements, "ws-native")];
  const beside =
    goal.native === undefined || own === undefined || native === undefined
      ? ""
      : `; to native ${(own.ratio / native.ratio).toFixed(1)}×, ≥${goal.native}${own.ratio / native.ratio >= goal.native ? " ✓" : ""}`;
  return `${portable === host || host === "" ? portable : `${portable} / ${host}`}${beside}`;
}

const markdownColumns = [
  { name: "ws-native", title: "ws + bufferutil" },
  { name: "hybi", title: "hybi" },
  { name: "hybi-host", title: "hybi + Node" },
  { name: "hybi-sink", title: "sink" },
  { name: "hybi-host-sink", title: "sink + Node" },
];

/** Returns the table for Markdown: ratios to `ws`, and the goal with the amount by which it is missed. */
export function markdownTable(table: Table, measured: readonly MeasuredTask[]): string {
  const first = measured[0]?.measurements ?? [];
  const columns = markdownColumns.filter(({ name }) => findMeasurement(first, name) !== undefined);
  const head = [table.title, "ws", "hybi, ns", "hybi, MB/s", ...columns.map(({ title }) => title), "goal"];
  const rows = measured.map(({ task, measurements }) => {
    const own = findMeasurement(measurements, "hybi")?.nanoseconds ?? Number.NaN;
    return [
      titleOf(task.workload),
      `${formatNumber(findMeasurement(measurements, "ws")?.nanoseconds ?? Number.NaN)} ns`,
      formatNumber(own),
      throughput(task.workload, own),
      ...columns.map(({ name }) => formatRatio(findMeasurement(measurements, name))),
      verdicts(goals[table.name]?.[task.workload], measurements),
    ];
  });
  return formatMarkdownTable(head, rows);
}

export function memoryTable(
  rows: readonly MemoryRow[],
  titles: Readonly<Record<string, string>>,
  markdown: boolean,
): string {
  const names = Object.keys(rows[0]?.bytes ?? {});
  const head = ["Bytes of memory", ...names.map((name) => titles[name] ?? name)];
  const cells = rows.map(({ title, bytes }) => [
    title,
    ...names.map((name) => formatNumber(Math.max(0, bytes[name] ?? 0))),
  ]);
  return markdown ? formatMarkdownTable(head, cells) : alignColumns([head, ...cells]);
}

export function linearityTable(
  rows: readonly LinearityRow[],
  titles: Readonly<Record<string, string>>,
  markdown: boolean,
): string {
  const names = Object.keys(rows[0]?.nanoseconds ?? {});
  const head = ["Byte by byte, ns per byte", ...names.map((name) => titles[name] ?? name)];
  const cells = rows.map(({ workload, nanoseconds }) => {
    const found = findWorkload(workload);
    return [
      titleOf(workload),
      ...names.map((name) => {
        const time = nanoseconds[name];
        return time === undefined || found === undefined ? "-" : formatNumber(time / meanLength(found));
      }),
    ];
  });
  return markdown ? formatMarkdownTable(head, cells) : alignColumns([head, ...cells]);
}
