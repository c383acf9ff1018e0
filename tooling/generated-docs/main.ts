/**
 * `pnpm check:docs` fails if a page generated from the code is stale, or a document links to a file that does not exist.
 * `--write` regenerates the pages.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ladderPage, replaceLadder, savedLadders } from "../../bench/ladder/page.ts";
import { inOrder, reportedPages, resultsFolder } from "../../bench/report/pages.ts";
import { pinnedVersions } from "../../interop/dependents/columns.ts";
import { checkPage } from "../../interop/dependents/page.ts";
import { closingTransitions } from "../../packages/core/src/closing/states.ts";
import { usageErrorSentences } from "../../packages/core/src/sentences/usage-errors.ts";
import { violationTable } from "../../packages/core/src/vocabulary/violation.ts";
import { attackKinds } from "../../packages/testing/src/attacks/kinds.ts";
import { formatPeersPage, peers } from "../peers/peers.ts";
import { conclude, filesBelow, packageFolders, repositoryUrl, root } from "../repository.ts";
import type { Budgets } from "../size/compare.ts";
import { type Parts, replaceParts } from "../size/parts.ts";
import { replaceSizes } from "../size/table.ts";
import { formatDiagram, replaceDiagram } from "./closing-diagram.ts";
import { formatErrorsPage } from "./errors-page.ts";
import { replaceKinds } from "./hostile-kinds.ts";
import { checkLinks } from "./links.ts";
import { replaceShownFiles } from "./shown-files.ts";

const write = process.argv.includes("--write");
const findings: string[] = [];

let pages = 0;

function keep(page: string, make: (now: string) => string): void {
  pages++;
  const path = join(root, page);
  const now = existsSync(path) ? readFileSync(path, "utf8") : "";
  const wanted = make(now);
  if (now === wanted) return;
  if (write) writeFileSync(path, wanted);
  else findings.push(`${page} is stale: run \`pnpm check:docs --write\``);
}

keep("docs/reference/errors.md", () => formatErrorsPage(violationTable, usageErrorSentences));
keep("docs/reference/peers.md", () => formatPeersPage(peers));
keep("docs/design/closing-handshake.md", (now) => replaceDiagram(now, formatDiagram(closingTransitions)));
keep("docs/guide/deployment.md", (now) => replaceShownFiles(now, (path) => readFileSync(join(root, path), "utf8")));
keep("docs/design/hostile-load.md", (now) => replaceKinds(now, attackKinds));
const budgets: Budgets = JSON.parse(readFileSync(join(root, "tooling/size/budgets.json"), "utf8"));
keep("README.md", (now) => replaceSizes(now, budgets));
const parts: Parts = JSON.parse(readFileSync(join(root, "tooling/size/parts.json"), "utf8"));
keep("docs/design/size.md", (now) => replaceParts(now, parts, budgets));

const isResult = (path: string): boolean => path.endsWith(".json");
const results = filesBelow(resultsFolder, isResult).map((path) => JSON.parse(readFileSync(join(root, path), "utf8")));
for (const [page, make] of Object.entries(results.length > 0 ? reportedPages : {}))
  keep(page, (now) => make(now, inOrder(results)));

keep(ladderPage, (now) => replaceLadder(now, savedLadders(root)));

const dependentsPage = "docs/reference/dependents.md";
const pinned = pinnedVersions();
findings.push(
  ...checkPage(readFileSync(join(root, dependentsPage), "utf8"), pinned).map(
    (finding) => `${dependentsPage}: ${finding}: run \`pnpm test:dependents --write\``,
  ),
);

const isDocument = (path: string): boolean => path.endsWith(".md");
const folders = [".github", "docs", "examples", "bench", "fuzz", "interop", "tooling", ...packageFolders()];
const documents = [...readdirSync(root).filter(isDocument), ...folders.flatMap((name) => filesBelow(name, isDocument))];
for (const document of documents) {
  const belowRoot = (path: string): boolean => existsSync(join(root, path));
  const besideDocument = (path: string): boolean => belowRoot(join(dirname(document), path));
  const text = readFileSync(join(root, document), "utf8");
  findings.push(...checkLinks(document, text, { repositoryUrl, besideDocument, belowRoot }));
}
conclude("documents", findings, `${pages} generated pages, and the links of ${documents.length} documents`);
