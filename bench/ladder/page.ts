/** The section of docs/design/performance.md about the steps, and the results that it is made from. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatMarkdownTable, formatNumber, formatRatio } from "../format.ts";
import { inOrder } from "../report/pages.ts";
import { findCell, type Row } from "../result.ts";
import { clientSteps, type Step, serverSteps } from "./steps.ts";

export interface LadderResult {
  /** Version of Node, without "v". */
  readonly node: string;
  readonly processor: string;
  readonly date: string;
  readonly rounds: number;
  /** Each row has `ws` as its first subject. */
  readonly server: readonly Row[];
  readonly client: readonly Row[];
}

export const ladderPage = "docs/design/performance.md";
const folder = "bench/ladder/results";
const mark = /(<!-- begin: ladder, written by `pnpm ladder` -->)[\s\S]*?(<!-- end: ladder -->)/;

const peers: readonly Step[] = [
  { name: "ws", title: "ws" },
  { name: "raw", title: "TCP or TLS alone" },
  { name: "canned", title: "TCP, a canned response" },
];

/**
 * Saves `result` in place of the one of the same major version of Node, of which rows are kept that it does not have; returns all that
 * there are.
 */
export function saveLadder(root: string, result: LadderResult): readonly LadderResult[] {
  mkdirSync(join(root, folder), { recursive: true });
  const path = join(root, folder, `node${Number.parseInt(result.node, 10)}.json`);
  const before: LadderResult | undefined = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  const server = [...result.server, ...missingIn(result.server, before?.server)];
  const client = [...result.client, ...missingIn(result.client, before?.client)];
  writeFileSync(path, `${JSON.stringify({ ...result, server, client })}\n`);
  return savedLadders(root);
}

function missingIn(rows: readonly Row[], all: readonly Row[] = []): readonly Row[] {
  return all.filter((row) => rows.every(({ name }) => name !== row.name));
}

/** Returns the saved results, by version of Node. */
export function savedLadders(root: string): readonly LadderResult[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".json"));
  return inOrder(names.map((name) => JSON.parse(readFileSync(join(root, folder, name), "utf8"))));
}

/** Replaces the text between the marks of a page. */
export function replaceLadder(page: string, results: readonly LadderResult[]): string {
  if (!mark.test(page)) throw new Error("The page lacks the marks of the ladder.");
  const text = results.map(formatLadder).join("\n\n");
  return page.replace(mark, (_, begin: string, end: string) => `${begin}\n\n${text}\n\n${end}`);
}

/** Returns both tables of one version of Node. */
export function formatLadder(result: LadderResult): string {
  const { node, processor, date, rounds } = result;
  const run = `Node ${node}: ${date}, ${processor}, ${rounds} rounds.`;
  const tables = [tableOf("Server, µs", serverSteps, result.server), tableOf("Client, µs", clientSteps, result.client)];
  return [run, ...tables.filter((table) => table !== undefined)].join("\n\n");
}

/** Returns a row for each step: its cost, and in parentheses what it adds to the one before that was measured. */
function tableOf(title: string, steps: readonly Step[], rows: readonly Row[]): string | undefined {
  if (rows.length === 0) return undefined;
  const before = new Map<Row, number>();
  const lines = [...peers, ...steps].map(({ name, title }) => [
    title,
    ...rows.map((row) => {
      const cost = costOf(row, name);
      if (cost === undefined) return "";
      const added = peers.some((peer) => peer.name === name) ? undefined : before.get(row);
      if (steps.some((step) => step.name === name)) before.set(row, cost);
      return added === undefined ? formatNumber(cost) : `${formatNumber(cost)} (${formatDifference(cost - added)})`;
    }),
  ]);
  const ratios = rows.map((row) => {
    if (row.cells[0]?.subject !== "ws") return "";
    const last = steps.filter(({ name }) => findCell(row, name) !== undefined).at(-1);
    const shown = [last?.name ?? "", "bare"].map((name) => findCell(row, name)?.ratio ?? 0);
    // A socket of the bare program may hold less than one of TCP alone.
    return shown.map((ratio) => (ratio > 0 ? formatRatio(ratio) : "-")).join(", ");
  });
  const head = [title, ...rows.map((row) => row.title)];
  const shown = lines.filter(([, ...cells]) => cells.some((cell) => cell !== ""));
  return formatMarkdownTable(head, [...shown, ["ws is so many times the last, and bare", ...ratios]]);
}

/** By the ratios to `ws` of each round, so that a slow moment of the machine concerns all alike. */
function costOf(row: Row, subject: string): number | undefined {
  const [reference] = row.cells;
  const cell = findCell(row, subject);
  if (cell === undefined || reference === undefined) return undefined;
  // What was measured once each has no rounds, and may be 0.
  return cell.spread === undefined ? cell.value : reference.value / cell.ratio;
}

function formatDifference(difference: number): string {
  const digits = Math.abs(difference) >= 10 ? 0 : Math.abs(difference) >= 1 ? 1 : 2;
  const text = Math.abs(difference).toFixed(digits);
  return `${difference < 0 ? "−" : "+"}${text}`;
}
