/** The measurements as text: tables for a terminal, and for Markdown with the goals beside them. */
import { type Goal, goals } from "./goals.ts";
import type { LinearityRow } from "./linearity.ts";
import type { MeasuredTask, Measurement } from "./measure.ts";
import type { MemoryRow } from "./memory.ts";
import type { Table } from "./tables.ts";
import { findWorkload, meanLength } from "./workloads.ts";

const markdownRow = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

export function ruled(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, column) => (column === 0 ? "---" : "--:")), ...rows].map(markdownRow).join("\n");
}

/** `rows` with columns of equal width; the first aligned left, the others right. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

export function number(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : 2);
}

function titleOf(name: string): string {
  return findWorkload(name)?.title ?? name;
}

/** Megabytes of payload in a second. */
function throughput(workload: string, nanoseconds: number): string {
  const found = findWorkload(workload);
  return found === undefined ? "-" : number((meanLength(found) / nanoseconds) * 1000);
}

/** The table for a terminal: for each implementation the time of a message, its throughput and its ratio with spread. */
export function terminalTable(title: string, measured: readonly MeasuredTask[]): string {
  const names = measured[0]?.measurements.map(({ implementation }) => implementation.title) ?? [];
  const head = ["", ...names.flatMap((name) => [name, "MB/s", "ratio"])];
  const rows = measured.map(({ task, measurements }) => [
    titleOf(task.workload),
    ...measurements.flatMap(({ nanoseconds, ratio, spread }) => [
      `${number(nanoseconds)} ns`,
      throughput(task.workload, nanoseconds),
      `${ratio.toFixed(2)} ±${Math.round(spread * 100)}%`,
    ]),
  ]);
  return `${title}\n${aligned([head, ...rows])}`;
}

function named(measurements: readonly Measurement[], name: string): Measurement | undefined {
  return measurements.find(({ implementation }) => implementation.name === name);
}

function times(measurement: Measurement | undefined): string {
  return measurement === undefined ? "" : `${measurement.ratio.toFixed(measurement.ratio < 10 ? 2 : 1)}×`;
}

/** Whether a ratio reaches its goal, and by how much it does not. Below 3 % nothing can be told from noise. */
function verdict(goal: number, measurement: Measurement | undefined): string {
  if (measurement === undefined) return "";
  const missing = 1 - measurement.ratio / goal;
  return missing <= 0 ? `≥${goal} ✓` : `≥${goal} −${Math.max(1, Math.round(missing * 100))} %`;
}

function verdicts(goal: Goal | undefined, measurements: readonly Measurement[]): string {
  if (goal === undefined) return "";
  const [portable, host] = [
    verdict(goal.portable, named(measurements, "hybi")),
    verdict(goal.host, named(measurements, "hybi-host")),
  ];
  const [own, native] = [named(measurements, "hybi"), named(measurements, "ws-native")];
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

/** The table for Markdown: ratios to `ws`, and the goal with what is missing. */
export function markdownTable(table: Table, measured: readonly MeasuredTask[]): string {
  const first = measured[0]?.measurements ?? [];
  const columns = markdownColumns.filter(({ name }) => named(first, name) !== undefined);
  const head = [table.title, "ws", "hybi, ns", "hybi, MB/s", ...columns.map(({ title }) => title), "goal"];
  const rows = measured.map(({ task, measurements }) => {
    const own = named(measurements, "hybi")?.nanoseconds ?? Number.NaN;
    return [
      titleOf(task.workload),
      `${number(named(measurements, "ws")?.nanoseconds ?? Number.NaN)} ns`,
      number(own),
      throughput(task.workload, own),
      ...columns.map(({ name }) => times(named(measurements, name))),
      verdicts(goals[table.name]?.[task.workload], measurements),
    ];
  });
  return ruled(head, rows);
}

export function memoryTable(
  rows: readonly MemoryRow[],
  titles: Readonly<Record<string, string>>,
  markdown: boolean,
): string {
  const names = Object.keys(rows[0]?.bytes ?? {});
  const head = ["Bytes of memory", ...names.map((name) => titles[name] ?? name)];
  const cells = rows.map(({ title, bytes }) => [title, ...names.map((name) => number(Math.max(0, bytes[name] ?? 0)))]);
  return markdown ? ruled(head, cells) : aligned([head, ...cells]);
}

export function linearityTable(
  rows: readonly LinearityRow[],
  titles: Readonly<Record<string, string>>,
  markdown: boolean,
): string {
  const names = Object.keys(rows[0]?.nanoseconds ?? {});
  const head = ["Byte by byte, ns for each", ...names.map((name) => titles[name] ?? name)];
  const cells = rows.map(({ workload, nanoseconds }) => {
    const found = findWorkload(workload);
    return [
      titleOf(workload),
      ...names.map((name) => {
        const time = nanoseconds[name];
        return time === undefined || found === undefined ? "-" : number(time / meanLength(found));
      }),
    ];
  });
  return markdown ? ruled(head, cells) : aligned([head, ...cells]);
}
