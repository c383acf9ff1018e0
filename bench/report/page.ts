/** The measured part of docs/design/performance.md: all goals in one table, then every table for each version of Node. */
import { formatMarkdownTable, formatNumber, formatRatio, goalText, markdownTable, roundsOf } from "../format.ts";
import { type Goal, goals, limitOf, type Outcome, outcomeOf, verdict } from "../goals.ts";
import type { Result } from "../result.ts";

export function measuredTables(results: readonly Result[]): string {
  const runs = results.map(
    (result) =>
      `- Node ${result.node}: ${result.date}, ${result.processor}, ${roundsOf(result)}, unless the table says otherwise.`,
  );
  return [...runs, "", "### Goals", "", goalsTable(results), "", ...tablesOf(results)].join("\n");
}

function goalsTable(results: readonly Result[]): string {
  const rows = goals.map((goal) => goalRow(goal, results)).filter((row) => row !== undefined);
  const head = ["Row", "Goal", ...results.flatMap(({ node }) => [`Node ${node}`, "", "bare"])];
  return formatMarkdownTable(head, rows);
}

function goalRow(goal: Goal, results: readonly Result[]): string[] | undefined {
  const outcomes = results.map((result) => outcomeOf(goal, result));
  const first = outcomes.find((outcome) => outcome !== undefined);
  if (first === undefined) return undefined;
  const [name = ""] = goal.row.split(" ");
  const table = results.flatMap(({ tables }) => tables).find((table) => table.name === name);
  const texts = [...new Set(outcomes.flatMap((outcome) => (outcome === undefined ? [] : [goalText(outcome)])))];
  return [
    `${table?.title}: ${first.row.title}`,
    texts.join("; later "),
    ...outcomes.flatMap((outcome, index) => {
      if (outcome === undefined) return ["", "", ""];
      return [actualOf(outcome), verdict(outcome), limitText(outcome, results[index] as Result)];
    }),
  ];
}

/** Returns what the bare program reaches where the goal is missed, and whether that would do. */
function limitText({ goal, missing }: Outcome, result: Result): string {
  const limit = missing > 0 ? limitOf(goal, result) : undefined;
  return limit === undefined ? "" : `${actualOf(limit)} ${verdict(limit)}`;
}

function actualOf({ goal, actual }: Outcome): string {
  return goal.atMost === undefined ? formatRatio(actual) : formatNumber(actual);
}

/** Returns every table under its title, one for each version of Node. */
function tablesOf(results: readonly Result[]): string[] {
  const titles = new Map(results.flatMap(({ tables }) => tables.map(({ name, title }) => [name, title] as const)));
  return [...titles].flatMap(([name, title]) => [
    `### ${title}`,
    "",
    ...results.flatMap((result) => {
      const table = result.tables.find((table) => table.name === name);
      return table === undefined ? [] : [markdownTable({ ...table, title: `Node ${result.node}` }, result), ""];
    }),
  ]);
}
