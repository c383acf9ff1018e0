/** The pages that are written from the results, and how each is made. */
import type { Result } from "../result.ts";
import { chart } from "./chart.ts";
import { measuredTables } from "./page.ts";
import { highlightsTable, shortTable } from "./readme.ts";
import { wsApiSection } from "./ws-api.ts";

/** Folder of the saved results: one file for each version of Node. */
export const resultsFolder = "bench/results";

const mark = /(<!-- begin: measured, written by `pnpm bench --report` -->)[\s\S]*?(<!-- end: measured -->)/;

/** Returns the text of each file; `now` is its present text. Paths are relative to the root of the repository. */
export const reportedPages: Readonly<Record<string, (now: string, results: readonly Result[]) => string>> = {
  "README.md": (now, results) => replaceMeasured(now, shortTable(results)),
  "docs/design/performance.md": (now, results) =>
    replaceMeasured(
      now,
      [picture("performance.svg"), highlightsTable(results), ...wsApiSection(results), measuredTables(results)].join(
        "\n\n",
      ),
    ),
  "docs/design/performance.svg": (_, results) => chart(results),
};

function picture(path: string): string {
  return `![How many times less CPU time than ws, as a chart](${path})`;
}

/** Replaces the text between the marks of a page. */
export function replaceMeasured(page: string, text: string): string {
  if (!mark.test(page)) throw new Error("The page lacks the marks of what is measured.");
  return page.replace(mark, (_, begin: string, end: string) => `${begin}\n\n${text.trimEnd()}\n\n${end}`);
}

/** Orders results by version of Node. */
export function inOrder<Each extends Pick<Result, "node">>(results: readonly Each[]): readonly Each[] {
  return [...results].sort((a, b) => Number.parseInt(a.node, 10) - Number.parseInt(b.node, 10));
}
