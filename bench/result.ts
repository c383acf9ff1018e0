/** The one form of every result: tables of rows, in which each subject has a value. Everything is read and written from it. */
import { compare, quantile, spreadOf } from "./statistics.ts";

/** The value of one subject. Every value is a cost, in the unit of its row. */
export interface Cell {
  readonly subject: string;
  /** Column heading. */
  readonly title: string;
  readonly value: number;
  /** How many times less than the first subject of the row. */
  readonly ratio: number;
  /**
   * Half the interquartile range, relative to the median, of what the table shows: the ratios of the rounds, or the values.
   * Absent where nothing was repeated.
   */
  readonly spread?: number;
}

export interface Row {
  /** Unique in its table: "echo/text 32x64" is the row "32x64" of the table "echo/text". */
  readonly name: string;
  readonly title: string;
  readonly cells: readonly Cell[];
}

export interface Table {
  readonly name: string;
  readonly title: string;
  readonly unit: "ns" | "µs" | "KiB" | "B";
  /** Whether its cells are read as ratios to the first subject, or as values. */
  readonly shows: "ratios" | "values";
  /** How often it was measured, if not once in each round of the run: "one run each". */
  readonly sampling?: string;
  readonly rows: readonly Row[];
}

/** All tables of one run. */
export interface Result {
  /** Version of Node, without "v". */
  readonly node: string;
  readonly processor: string;
  readonly date: string;
  readonly rounds: number;
  /** Whether warm-ups and passes were shortened. */
  readonly isShort?: boolean;
  readonly tables: readonly Table[];
}

interface Titled {
  readonly name: string;
  readonly title: string;
}

/** Returns the cells of subjects whose rounds alternated: for each its cost in every round. The first is the reference. */
export function comparedCells(subjects: readonly Titled[], costs: readonly (readonly number[])[]): Cell[] {
  return subjects.map(({ name, title }, index) => {
    const { median, ratio, spread } = compare(costs[index] as number[], costs[0] as number[]);
    return { subject: name, title, value: round(median), ratio: round(ratio), spread: round(spread) };
  });
}

/** Returns the cells of values that were measured once each. The first is the reference. */
export function cellsOf(subjects: readonly Titled[], values: readonly (number | undefined)[]): Cell[] {
  const [reference = Number.NaN] = values;
  return subjects.flatMap(({ name, title }, index) => {
    const value = values[index];
    return value === undefined ? [] : [{ subject: name, title, value: round(value), ratio: round(reference / value) }];
  });
}

/** Returns the cells of values that were measured several times each, for tables that show values. The first is the reference. */
export function cellsOfSamples(subjects: readonly Titled[], samples: readonly (readonly number[])[]): Cell[] {
  const cells = cellsOf(
    subjects,
    samples.map((values) => quantile(values, 0.5)),
  );
  return cells.map((cell, index) => ({ ...cell, spread: round(spreadOf(samples[index] as number[])) }));
}

export function findCell(row: Row | undefined, subject: string): Cell | undefined {
  return row?.cells.find((cell) => cell.subject === subject);
}

/** Returns the row with the path "table row". */
export function findRow({ tables }: Result, path: string): Row | undefined {
  const [table, row] = path.split(" ");
  return tables.find(({ name }) => name === table)?.rows.find(({ name }) => name === row);
}

/** Keeps four significant digits: more would be noise in the files of results. */
function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : 0;
}
