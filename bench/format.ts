/** Formats tables: for a terminal, and for Markdown with the goals beside them. */
import { goals, type Outcome, outcomeOf, verdict } from "./goals.ts";
import { type Cell, findCell, type Result, type Row, type Table } from "./result.ts";

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

/** Returns three significant digits. */
export function formatNumber(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : 2);
}

export const formatRatio = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)}×`;

/** Returns how often the rows of a run were measured, unless their table says otherwise. */
export function roundsOf({ rounds, isShort }: Result): string {
  return `medians of ${rounds} rounds${isShort ? ", a short run: warm-ups and passes of 40 % of the usual length" : ""}`;
}

/** Returns the table for a terminal: each value, and its ratio to the first one with its spread. */
export function terminalTable(table: Table, result: Result): string {
  const columns = columnsOf(table);
  const head = [headOf(table), ...columns.flatMap(({ title }) => [title, "ratio"]), "goal"];
  const rows = table.rows.map((row) => [
    row.title,
    ...columns.flatMap(({ subject }) => {
      const cell = findCell(row, subject);
      if (cell === undefined) return ["-", ""];
      if (table.shows === "values") return [valueWithSpread(cell), cell.ratio.toFixed(2)];
      return [formatNumber(cell.value), `${cell.ratio.toFixed(2)}${formatSpread(cell)}`];
    }),
    verdictsOf(table, row, result),
  ]);
  return alignColumns([head, ...rows]);
}

/** Returns the first heading of a table: its title, its unit, and how often it was measured if that is not said by the run. */
function headOf({ title, unit, sampling }: Table): string {
  return `${title}, ${unit}${sampling === undefined ? "" : `; ${sampling}`}`;
}

function valueWithSpread(cell: Cell): string {
  return `${formatNumber(cell.value)}${formatSpread(cell)}`;
}

function formatSpread({ spread }: Cell): string {
  return spread === undefined ? "" : ` ±${Math.round(spread * 100)} %`;
}

/** Returns the table for Markdown: the value of the first subject and ratios to it, or all values. */
export function markdownTable(table: Table, result: Result): string {
  const columns = columnsOf(table);
  const verdicts = table.rows.map((row) => verdictsOf(table, row, result));
  const hasGoals = verdicts.some((text) => text !== "");
  const head = [headOf(table), ...columns.map(({ title }) => title), ...(hasGoals ? ["goal"] : [])];
  const rows = table.rows.map((row, index) => [
    row.title,
    ...columns.map(({ subject }, column) => {
      const cell = findCell(row, subject);
      if (cell === undefined) return "";
      if (table.shows === "values") return valueWithSpread(cell);
      return column === 0 ? formatNumber(cell.value) : formatRatio(cell.ratio);
    }),
    ...(hasGoals ? [verdicts[index] as string] : []),
  ]);
  return formatMarkdownTable(head, rows);
}

/** Returns the subjects of all rows of a table. */
function columnsOf({ rows }: Table): readonly Cell[] {
  const columns = new Map<string, Cell>();
  for (const cell of rows.flatMap(({ cells }) => cells))
    if (!columns.has(cell.subject)) columns.set(cell.subject, cell);
  return [...columns.values()];
}

function verdictsOf(table: Table, row: Row, result: Result): string {
  return goals
    .filter((goal) => goal.row === `${table.name} ${row.name}`)
    .map((goal) => outcomeOf(goal, result))
    .filter((outcome) => outcome !== undefined)
    .map((outcome) => `${goalText(outcome)} ${verdict(outcome)}`)
    .join("; ");
}

/** Returns the goal in words: "listen ≥13×", "pump ≥1× of Bun.serve". */
export function goalText({ goal, row, wanted }: Outcome): string {
  const title = findCell(row, goal.subject)?.title ?? goal.subject;
  if (goal.atMost !== undefined) return `${title} ≤${wanted}`;
  return `${title} ≥${wanted}×${goal.to === undefined ? "" : ` of ${findCell(row, goal.to)?.title}`}`;
}
