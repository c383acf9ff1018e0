/**
 * All sentences of the RFCs with MUST, REQUIRED or SHALL: reads `docs/spec/rfc-musts.json`, checks it against the tests,
 * and generates the page beside it.
 */

import { readFileSync } from "node:fs";
import { idsIn, type TestTitle } from "./check.ts";
import { linkToTests } from "./table.ts";

/** One sentence, and the tests that would fail if it were violated, or the reason why it does not apply to hybi. */
export interface Must {
  /** RFC, section, and number of the sentence among those of the section: "6455-5.1-3". */
  readonly id: string;
  /** At most 22 words of the sentence, verbatim, with "…" for omissions. */
  readonly quote: string;
  /** Ids of requirements, which tests have in their titles, and titles of tests: "file > suite > title". */
  readonly tests?: readonly string[] | undefined;
  readonly notApplicable?: string | undefined;
  /** What a reader should know about how it is implemented. */
  readonly note?: string;
}

interface MustSection {
  readonly section: string;
  /** Number of such sentences in the section of the RFC. */
  readonly counted: number;
  readonly musts: readonly Must[];
}

export interface MustDocument {
  readonly rfc: number;
  readonly title: string;
  readonly sections: readonly MustSection[];
}

export const keyword = /\b(?:MUST|REQUIRED|SHALL)\b/;

export function readMusts(path: string): readonly MustDocument[] {
  return JSON.parse(readFileSync(path, "utf8")).documents;
}

export function checkMusts(documents: readonly MustDocument[], tests: readonly TestTitle[]): string[] {
  const named = new Set(tests.flatMap(({ file, title }) => [...idsIn(title), `${file} > ${title}`]));
  return documents.flatMap(({ rfc, sections }) =>
    sections.flatMap(({ section, counted, musts }) => [
      ...(musts.length === counted
        ? []
        : [`RFC ${rfc} §${section} has ${musts.length} sentences here, but ${counted} were counted`]),
      ...musts.flatMap((must, index) => checkMust(must, `${rfc}-${section}-${index + 1}`, named)),
    ]),
  );
}

function checkMust({ id, quote, tests, notApplicable }: Must, expected: string, named: ReadonlySet<string>): string[] {
  const findings: string[] = [];
  if (id !== expected) findings.push(`${id} is in the place of ${expected}`);
  if (!keyword.test(quote)) findings.push(`the quote of ${id} contains no MUST, REQUIRED or SHALL`);
  if (quote.split(" ").filter((word) => word !== "…").length > 22) findings.push(`${id} quotes more than 22 words`);
  if ((tests === undefined) === (notApplicable === undefined)) findings.push(`${id} needs tests, or a reason for none`);
  if (tests?.length === 0 || notApplicable === "") findings.push(`${id} names no test and no reason`);
  for (const test of tests ?? [])
    if (!named.has(test)) findings.push(`${id} names a test that does not exist: "${test}"`);
  return findings;
}

const introduction = `# Every MUST of the RFCs, and its tests

Each sentence of RFC 6455, RFC 7692, RFC 8441 and RFC 9220 with MUST, MUST NOT, REQUIRED or SHALL, in their order, and the
tests that would fail if hybi did not do so; or why it asks nothing of hybi. The steps of an algorithm are under the sentence
that introduces them. A test is named by the id of a [requirement](README.md), which it has in its title, or by its title.

This page is written by \`pnpm check:spec --write\` from \`rfc-musts.json\` beside it and from the titles of the tests. Change
those, not this page. \`pnpm check:spec --rfcs=FOLDER\` also compares counts and quotes with the RFCs themselves, where FOLDER
has them as \`rfc6455.txt\` and so on.
`;

export function formatMustsPage(documents: readonly MustDocument[], tests: readonly TestTitle[]): string {
  const musts = documents.map(({ sections }) => sections.flatMap((each) => each.musts));
  const summary = documents.map(({ rfc }, index) => {
    const all = musts[index] ?? [];
    const without = all.filter(({ notApplicable }) => notApplicable !== undefined).length;
    return `| [RFC ${rfc}](#rfc-${rfc}) | ${all.length} | ${all.length - without} | ${without} |`;
  });
  const chapters = documents.flatMap(({ rfc, title, sections }) => [
    `## RFC ${rfc}`,
    "",
    `${title}, https://www.rfc-editor.org/rfc/rfc${rfc}`,
    "",
    "| Id | Sentence | Tests |",
    "| --- | --- | --- |",
    ...sections.flatMap((each) => each.musts.map((must) => formatRow(must, tests))),
    "",
  ]);
  const table = ["| Document | Sentences | With tests | Not for hybi |", "| --- | --: | --: | --: |", ...summary];
  return [introduction, ...table, "", ...chapters].join("\n");
}

function formatRow({ id, quote, tests, notApplicable, note }: Must, titles: readonly TestTitle[]): string {
  const named = (tests ?? []).map((test) => formatTest(test, titles));
  const last = [notApplicable === undefined ? "" : `Not for hybi: ${notApplicable}`, note ?? ""];
  const cells = [id, plain(quote), [...named, ...last].filter((part) => part !== "").join("<br>")];
  return `| ${cells.join(" | ")} |`;
}

/** Most ids are in the titles of several files; three are enough here, and the page of requirements lists all. */
function formatTest(test: string, titles: readonly TestTitle[]): string {
  const at = test.indexOf(" > ");
  if (at !== -1) return `${linkToTests(test.slice(0, at))}: “${plain(test.slice(at + 3)).replaceAll("&gt;", "›")}”`;
  const files = [...new Set(titles.filter(({ title }) => idsIn(title).includes(test)).map(({ file }) => file))].sort();
  const specific = files.filter((file) => file.includes("/tests/spec/"));
  const shown = (specific.length > 0 ? specific : files).slice(0, 3);
  const more = files.length > shown.length ? `, and ${files.length - shown.length} more` : "";
  return `${test}: ${shown.map(linkToTests).join(", ")}${more}`;
}

/** Removes characters that Markdown and HTML would interpret. */
function plain(text: string): string {
  return text
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_[\]|]/g, (char) => `\\${char}`);
}
