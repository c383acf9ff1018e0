/** Writes the measurements of a run between the marks of the page about hostile load. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatKinds, formatServers, type HostileRow } from "@hybi/conformance/hostile";
import { root } from "../../tooling/repository.ts";

const path = join(root, "docs/design/hostile-load.md");
const mark = /(<!-- begin: results, written by `pnpm hostile --write` -->)[\s\S]*?(<!-- end -->)/;

/** Writes the results of a run into the page; `conditions` describes the run in one line. */
export function writePage(conditions: string, rows: readonly HostileRow[]): void {
  const missed = rows.flatMap(({ title, criteria }) =>
    criteria
      .filter(({ verdict }) => verdict === "fail")
      .map((criterion) => `| ${title} | ${criterion.title} | ${criterion.detail} |`),
  );
  const details = ["| Misses | Criterion | What was measured |", "| --- | --- | --- |", ...missed].join("\n");
  const [first] = rows;
  const kinds =
    first === undefined
      ? []
      : [`The hostile clients of ${first.title}:`, formatKinds(first.report.attackers, { markdown: true })];
  const servers = formatServers(rows, { markdown: true });
  const parts = [conditions, servers, ...(missed.length === 0 ? [] : [details]), ...kinds];
  const page = readFileSync(path, "utf8");
  writeFileSync(
    path,
    page.replace(mark, (_, begin: string, end: string) => [begin, ...parts, end].join("\n\n")),
  );
}
