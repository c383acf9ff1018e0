/** The section about `@hybi/ws`: what stands beside `ws` with its own interface, and why a goal is missed. */
import { formatMarkdownTable, formatRatio } from "../format.ts";
import { goals, type Outcome, outcomeOf, verdict } from "../goals.ts";
import type { Result } from "../result.ts";

const goalsOfApi = goals.filter(({ row }) => row.startsWith("ws-api/"));

const oneMessage =
  "four fifths of it are the kernel and Node, for both, and what is left is spread over functions of which none takes a twentieth";

/** Why a goal is missed, by the row. */
const reasons: Readonly<Record<string, string>> = {
  "ws-api/text 32x1": oneMessage,
  "ws-api/binary 32x1": oneMessage,
};

/** Returns the parts of the section; none if nothing of it was measured. */
export function wsApiSection(results: readonly Result[]): readonly string[] {
  const rows = goalsOfApi.flatMap((goal) => {
    const outcomes = results.map((result) => outcomeOf(goal, result));
    const known = outcomes.find((outcome) => outcome !== undefined);
    if (known === undefined) return [];
    const title = `${titleOf(results, goal.row)}: ${known.row.title}`;
    const cells = [`≥ ${goal.atLeast}`, ...outcomes.flatMap(cellsOf)];
    return [{ row: goal.row, title, cells, isMissed: outcomes.some((outcome) => (outcome?.missing ?? 0) > 0) }];
  });
  if (rows.length === 0) return [];
  const head = ["How many times less than ws", "Goal", ...results.flatMap(({ node }) => [`Node ${node}`, ""])];
  const table = formatMarkdownTable(
    head,
    rows.map(({ title, cells }) => [title, ...cells]),
  );
  const missed = rows.filter(({ isMissed }) => isMissed);
  const items = missed.map(({ row, title }) => `- ${title}: ${reasons[row] ?? "not explained"}.`);
  const why = missed.length === 0 ? "All goals are reached." : ["What stands in the way of the others:", "", ...items];
  return ["### `@hybi/ws` in place of `ws`", table, [why].flat().join("\n")];
}

function cellsOf(outcome: Outcome | undefined): readonly string[] {
  return outcome === undefined ? ["-", ""] : [formatRatio(outcome.actual), verdict(outcome)];
}

/** Returns the title of the table of a row, without what all of these begin with. */
function titleOf(results: readonly Result[], row: string): string {
  const [name] = row.split(" ");
  const table = results.flatMap(({ tables }) => tables).find((table) => table.name === name);
  return (table?.title ?? "").replace("The interface of ws: ", "");
}
