/** Generates the page about the requirements: `docs/spec/README.md`. */

import { idsIn, type TestTitle } from "./check.ts";
import type { Chapter, Requirement } from "./requirements.ts";

const introduction = `# The requirements of the standards, and where they are met

Every requirement has an id, the sections that decide, the symbols that meet it and the tests that show it. The tests
name the id in their titles. [Every MUST of the RFCs](rfc-musts.md) is on a page of its own, sentence by sentence.

This page is written by \`pnpm check:spec --write\` from the files beside it and from the titles of the tests. Change
those, not this page.
`;

export function formatPage(chapters: readonly Chapter[], tests: readonly TestTitle[]): string {
  const sections = chapters.map(({ title, requirements }) => {
    const rows = requirements.map((requirement) => formatRow(requirement, testsOf(requirement, tests)));
    return [
      `## ${title}`,
      "",
      "| Id | Requirement | Section | Code | Tests |",
      "| --- | --- | --- | --- | --- |",
      ...rows,
      "",
    ].join("\n");
  });
  return [introduction, ...sections].join("\n");
}

/** Returns the files with a test for the requirement; a file that runs in several runtimes is listed once. */
function testsOf({ id }: Requirement, tests: readonly TestTitle[]): string[] {
  const files = tests.filter(({ title }) => idsIn(title).includes(id)).map(({ file }) => file);
  return [...new Set(files)].sort();
}

function formatRow({ id, text, section, symbols, later }: Requirement, testFiles: readonly string[]): string {
  const code = symbols.map((reference) => {
    const [file = "", symbol = ""] = reference.split("#");
    return link(symbol, file);
  });
  const where = later === undefined ? list(code) : `later: \`${later}\``;
  const tests = testFiles.map(linkToTests);
  return `| ${[id, text.replaceAll("|", "\\|"), section, where, list(tests)].join(" | ")} |`;
}

/** Returns a link to a test file, from a page in a folder of docs. */
export function linkToTests(file: string): string {
  return link(file.replace(/^packages\//, "").replace(/\.test\.ts$/, ""), file);
}

function link(text: string, file: string): string {
  return `[\`${text}\`](../../${file})`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "–" : items.join("<br>");
}
