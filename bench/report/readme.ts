/** The short table of README.md, and in which of its rows `ws` is faster. */
import { formatMarkdownTable, formatRatio } from "../format.ts";
import type { Result } from "../result.ts";
import { highlights, ratioOf } from "./highlights.ts";
import { countSlower } from "./slower.ts";

export function shortTable(results: readonly Result[]): string {
  const rows = highlights
    .map(({ title, ...highlight }) => [
      title,
      ...results.map((result) => {
        const ratio = ratioOf({ title, ...highlight }, result);
        if (ratio === undefined) return "-";
        return ratio < 1 ? `**${formatRatio(ratio)}**` : formatRatio(ratio);
      }),
    ])
    .filter(([, ...ratios]) => ratios.some((ratio) => ratio !== "-"));
  const head = ["How many times less than ws", ...results.map(({ node }) => `Node ${node}`)];
  return `${formatMarkdownTable(head, rows)}\n\n${whereSlower(results)}\n\n${inAllRows(results)}`;
}

/** Says of all rows that were measured, not only those that the table shows, in how many `ws` is faster. */
function inAllRows(results: readonly Result[]): string {
  const counts = results.map((result) => {
    const { rows, slower } = countSlower(result);
    return `${slower} of ${rows} with Node ${result.node}`;
  });
  return `Of all rows on the page about performance, \`ws\` is faster or lighter in ${counts.join(" and ")}.`;
}

/** Names the rows in which `ws` is faster, and says why. */
function whereSlower(results: readonly Result[]): string {
  const slower = highlights.filter((highlight) => results.some((result) => (ratioOf(highlight, result) ?? 1) < 1));
  if (slower.length === 0) return "In none of these rows is `ws` faster.";
  const items = slower.map(({ title, reason }) => `- ${title}: ${reason ?? "see the page about performance"}.`);
  return ["In the rows in **bold type** `ws` is faster:", "", ...items].join("\n");
}
