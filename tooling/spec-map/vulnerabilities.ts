/** Defects of other implementations: reads `docs/design/vulnerabilities.json` and generates the page beside it. */

import { readFileSync } from "node:fs";
import { idsIn, type TestTitle } from "./check.ts";
import type { Chapter } from "./requirements.ts";

interface Vulnerability {
  /** As written in the titles of tests: `[V08]`. */
  readonly id: string;
  /** An implementation and the last version with the defect, or where it was reported. */
  readonly of: string;
  /** Identifiers of the advisory, and where it was fixed; may be empty. */
  readonly advisory: string;
  readonly cause: string;
  /** Why hybi does not have it. */
  readonly prevented: string;
  readonly symbols: readonly string[];
}

export interface Vulnerabilities {
  /** Causes that several have in common, and our rule against each. */
  readonly classes: readonly { readonly cause: string; readonly rule: string; readonly ids: readonly string[] }[];
  readonly chapters: readonly { readonly title: string; readonly rows: readonly Vulnerability[] }[];
}

export function readVulnerabilities(path: string): Vulnerabilities {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Returns them as requirements, which are checked in the same way: each has existing code, and tests that name it. */
export function asChapters({ chapters }: Vulnerabilities): Chapter[] {
  return chapters.map(({ title, rows }) => ({
    file: "vulnerabilities",
    title,
    requirements: rows.map(({ id, of, cause, symbols }) => ({ id, text: cause, section: of, symbols })),
  }));
}

const introduction = `# Defects of others, and why they are not here

What has gone wrong in implementations of the WebSocket protocol, as their advisories, measurements of ours and reports of
their users tell it; what in the design of hybi stands against each; and the tests that would fail if it did not. Versions
are the last ones with the defect, as far as they are known. The tests name the ids in their titles.

For uWebSockets, wsproto, fastwebsockets and tokio-websockets no advisory was found.

This page is written by \`pnpm check:spec --write\` from \`vulnerabilities.json\` beside it and from the titles of the tests.
Change those, not this page.
`;

export function formatVulnerabilitiesPage({ classes, chapters }: Vulnerabilities, tests: readonly TestTitle[]): string {
  const table = classes.map(({ cause, rule, ids }) => `| ${cause} | ${rule} | ${ids.map(anchor).join(", ")} |`);
  return [
    introduction,
    "## Causes, and the rules against them",
    "",
    "| Cause | Rule | Defects |",
    "| --- | --- | --- |",
    ...table,
    "",
    ...chapters.flatMap(({ title, rows }) => [`## ${title}`, "", ...rows.flatMap((row) => formatRow(row, tests))]),
  ].join("\n");
}

function anchor(id: string): string {
  return `[${id}](#${id.toLowerCase()})`;
}

function formatRow(
  { id, of, advisory, cause, prevented, symbols }: Vulnerability,
  tests: readonly TestTitle[],
): string[] {
  const code = symbols.map((reference) => {
    const [file = "", symbol = ""] = reference.split("#");
    return `[\`${symbol}\`](../../${file})`;
  });
  return [
    `### ${id}`,
    "",
    `**${of}**${advisory === "" ? "" : `, ${advisory}`}. ${cause}`,
    "",
    `Here: ${prevented}`,
    "",
    `Code: ${code.join(", ")}. Tests:`,
    "",
    ...testsOf(id, tests),
    "",
  ];
}

/** Returns a line for each file with tests for `id`: the title of the first, without ids, and how many more there are. */
function testsOf(id: string, tests: readonly TestTitle[]): string[] {
  const titles = new Map<string, Set<string>>();
  for (const { file, title } of tests) {
    if (idsIn(title).includes(id)) titles.set(file, (titles.get(file) ?? new Set()).add(title));
  }
  return [...titles]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([file, [first = "", ...others]]) => {
      const more = others.length === 0 ? "" : `, and ${others.length} more`;
      return `- [\`${file.replace(/^packages\//, "").replace(/\.test\.ts$/, "")}\`](../../${file}): “${plain(first)}”${more}`;
    });
}

/** Removes the ids, and characters that Markdown would interpret. */
function plain(title: string): string {
  return title
    .replace(/(?: ?\[[A-Z]\d\d(?:, ?[A-Z]\d\d)*\])+$/, "")
    .replace(/[\\`*_[\]<>|]/g, (char) => (char === ">" ? "›" : `\\${char}`));
}
