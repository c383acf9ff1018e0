/** The section about `@hybi/ws`: what stands beside `ws` with its own interface, and why a goal is missed. */
import { formatMarkdownTable, formatRatio } from "../format.ts";
import { goals, type Outcome, outcomeOf, verdict } from "../goals.ts";
import type { Result } from "../result.ts";

const goalsOfApi = goals.filter(({ row }) => row.startsWith("ws-api/"));

// The figures are least times of bench/micro/ws-api.ts and counts of its heap, taken with Node 20 on a busy machine.
const oneMessage =
  "most of it is the kernel and Node; of the rest, without system calls, `ws` takes 1.2 µs a message and we 1.4 to 1.6, spread over pump, scheduler, blocks and transport, which gain only where a read brings several messages. Over sockets it is as fast as `ws` in one run and slower in the next";
const pingPong =
  "without system calls it is 0.7 to 0.8 of `ws`, which masks into one Buffer and writes that, where ours goes through scheduler, block, pump and transport";
const idle =
  "without the HTTP server a connection holds 2,535 bytes and one of `ws` 2,450: ten objects that core, pump and transport keep for each connection, 1.2 KB in all, where `ws` has three and some closures";

/** Why a goal is missed, by the row. */
const reasons: Readonly<Record<string, string>> = {
  "ws-api/text 32x1": oneMessage,
  "ws-api/binary 32x1": oneMessage,
  "ws-api/binary 8x8x16384-binary":
    "without system calls it is 7.8 by least times and 3.4 with all that the collector does: each message that came in several reads is joined into an array outside the heap. That the collector is the reason is inferred and not measured",
  "ws-api/client ping-pong-text": pingPong,
  "ws-api/client ping-pong-binary": pingPong,
  "ws-api/client firehose-binary":
    "without system calls it is 1.08 by least times, and 0.8 with all that the collector does: both give views of what was read, and copy a message that came in several reads. Why it differs so much over sockets of Node 20 was not found",
  "ws-api/broadcast sockets":
    "without system calls a delivery takes about 0.25 µs in both. Bytes are encoded once for all, but compared at each send, 0.1 µs for 200 B, because a program may have changed them",
  "ws-api/deflate 4x4x200": "in the same row of `listen` nearly all of it is zlib",
  "ws-api/deflate 4x4x2048": "in the same row of `listen` nearly all of it is zlib",
  "ws-api/idle heap": idle,
  "ws-api/idle heap-used": idle,
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
  const items = missed.map(({ row, title }) => `- ${title}: ${reasons[row] ?? "it was not found"}.`);
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
