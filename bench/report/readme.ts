/** The five rows of README.md, and the table of all highlights with the reasons why `ws` is faster in some. */
import { formatMarkdownTable, formatRatio } from "../format.ts";
import type { Result } from "../result.ts";
import { type Highlight, highlights, ratioOf } from "./highlights.ts";
import { countSlower } from "./slower.ts";

/** The table of README.md. */
export function shortTable(results: readonly Result[]): string {
  const rows = tableOf(
    highlights.filter(({ isShort }) => isShort),
    results,
  );
  const inBold = "In **bold type** `ws` is faster; [why](docs/design/performance.md#what-was-measured).";
  return `${rows}\n\n${inBold} ${inAllRows(results)}`;
}

/** The first table of the page about performance. */
export function highlightsTable(results: readonly Result[]): string {
  return `${tableOf(highlights, results)}\n\n${whereSlower(results)}`;
}

function tableOf(shown: readonly Highlight[], results: readonly Result[]): string {
  const rows = shown
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
  return formatMarkdownTable(head, rows);
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
  const items = slower.map(({ title, reason }) => `- ${title}: ${reason ?? "see below"}.`);
  return ["In the rows in **bold type** `ws` is faster:", "", ...items].join("\n");
}
