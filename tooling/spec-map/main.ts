/**
 * `pnpm check:spec` fails if a requirement lacks its symbol or its test, if a test names an unknown requirement, or if a
 * generated page is stale. Defects of other implementations count as requirements and have a page of their own. So do the
 * MUSTs of the RFCs, but they name their tests instead of being named by them.
 *
 * `--write` regenerates the pages; `--incomplete` tolerates requirements without a symbol or test while they are being
 * added; `--rfcs=FOLDER` compares the sentences with the RFCs in that folder.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { conclude, packageFolders, root, run } from "../repository.ts";
import { checkSpecMap, type TestTitle } from "./check.ts";
import { checkMusts, formatMustsPage, readMusts } from "./musts.ts";
import { readChapters } from "./requirements.ts";
import { compareWithText } from "./rfc-text.ts";
import { declaresSymbol } from "./symbols.ts";
import { formatPage } from "./table.ts";
import { asChapters, formatVulnerabilitiesPage, readVulnerabilities } from "./vulnerabilities.ts";

const options = process.argv.slice(2);

/** Files of `interop` that run the neutral suites while vitest collects their tests, which all have the titles that they have in Node. */
const neutralSuites = "**/suites.test.ts";

/** Asks vitest, which also finds titles made by loops and tables. No test runs, so files need no isolation. */
async function listTests(): Promise<TestTitle[]> {
  const listing = join(root, "node_modules/.reports/tests.json");
  const tests: { name: string; file: string }[] = [];
  for (const suites of [["vitest.workspace.ts"], ["interop/vitest.config.ts", "--project", "workerd"]]) {
    const command = [
      "vitest",
      "list",
      "--no-isolate",
      "--exclude",
      neutralSuites,
      `--json=${listing}`,
      "--config",
      ...suites,
    ];
    const { exitCode, output } = await run(command, { capture: true });
    if (exitCode !== 0) throw new Error(`The tests cannot be listed:\n${output}`);
    tests.push(...JSON.parse(readFileSync(listing, "utf8")));
  }
  return (
    tests
      .map(({ name, file }) => ({ file: relative(root, file), title: name }))
      // The tests of this check contain ids that do not exist.
      .filter(({ file }) => !file.startsWith("tooling/spec-map/"))
  );
}

function declares(file: string, symbol: string): boolean | undefined {
  const path = join(root, file);
  return existsSync(path) ? declaresSymbol(readFileSync(path, "utf8"), symbol) : undefined;
}

const names = packageFolders().map(
  (folder): string => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")).name,
);
const chapters = readChapters(join(root, "docs/spec"));
const vulnerabilities = readVulnerabilities(join(root, "docs/design/vulnerabilities.json"));
const musts = readMusts(join(root, "docs/spec/rfc-musts.json"));
const required = [...chapters, ...asChapters(vulnerabilities)];
const tests = await listTests();
const rfcs = options.find((option) => option.startsWith("--rfcs="))?.slice("--rfcs=".length);
const all = [
  ...checkSpecMap(required, { tests, declares, packageExists: (name) => names.includes(name) }),
  ...checkMusts(musts, tests),
  ...(rfcs === undefined ? [] : musts.flatMap((each) => compareWithText(each, textOf(rfcs, each.rfc)))),
];

const isGap = (finding: string): boolean => / has no (symbol|test) ?/.test(finding);
const tolerated = options.includes("--incomplete") ? all.filter(isGap) : [];
const findings = all.filter((finding) => !tolerated.includes(finding));

keep("docs/spec/README.md", formatPage(chapters, tests));
keep("docs/spec/rfc-musts.md", formatMustsPage(musts, tests));
keep("docs/design/vulnerabilities.md", formatVulnerabilitiesPage(vulnerabilities, tests));

function textOf(folder: string, rfc: number): string {
  return readFileSync(join(folder, `rfc${rfc}.txt`), "utf8");
}

function keep(page: string, expected: string): void {
  const path = join(root, page);
  if (options.includes("--write")) writeFileSync(path, expected);
  else if (!existsSync(path) || readFileSync(path, "utf8") !== expected) {
    findings.push(`${page} is stale: run \`pnpm check:spec --write\``);
  }
}

if (tolerated.length > 0) console.log(`spec: INCOMPLETE, ${tolerated.length} symbols or tests are missing`);
const count = required.flatMap(({ requirements }) => requirements).length;
const sentences = musts.flatMap(({ sections }) => sections.flatMap((each) => each.musts)).length;
conclude("spec", findings, `${count} requirements, ${sentences} sentences of RFCs`);
