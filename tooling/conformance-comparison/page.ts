/** Writes docs/design/conformance-comparison.md: keeps the handwritten part, and replaces the results below it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.ts";
import { type Explanation, explain, type PeerComparison } from "./comparison.ts";

const file = join(root, "docs/design/conformance-comparison.md");
const mark = "<!-- What follows is written by `pnpm conformance:compare --write`. -->";

/** Replaces the part below the mark. */
export function writePage(
  titles: ReadonlyMap<string, string>,
  comparisons: readonly PeerComparison[],
  explanations: readonly Explanation[],
): void {
  const [head = ""] = readFileSync(file, "utf8").split(mark);
  const summary = comparisons.map(({ peer, compared, differences }) => {
    return `| ${titles.get(peer) ?? peer} | ${compared} | ${compared - differences.length} | ${differences.length} |`;
  });
  const differences = comparisons.flatMap((comparison) => comparison.differences);
  const rows = differences.map((difference) => {
    const { id, peer, autobahn, ours, reason } = difference;
    const because = explain(difference, explanations)?.because ?? "**not explained**";
    return `| ${id} | ${peer} | ${autobahn} | ${ours}: ${reason.replaceAll("|", "\\|")} | ${because} |`;
  });
  const lines = [
    "| Server | Cases that both have | Same verdict | Another |",
    "| --- | --: | --: | --: |",
    ...summary,
    "",
    "| Case | Server | Autobahn | hybi-conformance | Why |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ];
  writeFileSync(file, `${head}${mark}\n\n${lines.join("\n")}\n`);
}
