/** Counts in how many rows of a result, published in the short table or not, `ws` is ahead. */
import type { Cell, Result, Row } from "../result.ts";

/** Our subjects in the order in which one of them stands for its row: what most applications use comes first. */
const own = ["listen", "connect", "bun-listen", "deno-listen", "hybi-host", "hybi", "hybi-ws"];

export function countSlower({ tables }: Result): { readonly rows: number; readonly slower: number } {
  const ratios = tables.flatMap(({ rows }) => rows.map(ratioOfRow)).filter((ratio) => ratio !== undefined);
  return { rows: ratios.length, slower: ratios.filter((ratio) => ratio < 1).length };
}

/** Returns how many times less than `ws` we take in the row, or undefined where only one of both was measured. */
function ratioOfRow({ cells }: Row): number | undefined {
  const cellOf = (subject: string): Cell | undefined => cells.find((cell) => cell.subject === subject);
  const ours = own.map(cellOf).find((cell) => cell !== undefined);
  const isCompared = /^((bun|deno)-)?ws$/.test(cells[0]?.subject ?? "");
  return isCompared ? ours?.ratio : undefined;
}
