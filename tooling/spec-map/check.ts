/** Checks the requirements against sources and tests: each must have an existing symbol, and a test that names it. */

import type { Chapter, Requirement } from "./requirements.ts";

export interface TestTitle {
  /** Path relative to the root of the repository. */
  readonly file: string;
  readonly title: string;
}

export interface Surroundings {
  /** Every test that vitest would run. */
  readonly tests: readonly TestTitle[];
  /** Whether the file declares the symbol; undefined if the file does not exist. */
  readonly declares: (file: string, symbol: string) => boolean | undefined;
  readonly packageExists: (name: string) => boolean;
}

/** Returns the ids in a title: both in "… [F08] [F09]" and in "… [F08, F09]". */
export function idsIn(title: string): string[] {
  const groups = title.match(/\[[A-Z]\d\d(?:, ?[A-Z]\d\d)*\]/g) ?? [];
  return groups.flatMap((group) => group.match(/[A-Z]\d\d/g) ?? []);
}

export function checkSpecMap(chapters: readonly Chapter[], surroundings: Surroundings): string[] {
  const requirements = chapters.flatMap((chapter) => chapter.requirements);
  const ids = requirements.map(({ id }) => id);
  const known = new Set(ids);
  const tested = new Set(surroundings.tests.flatMap(({ title }) => idsIn(title)));
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is defined twice`),
    ...requirements.flatMap((requirement) => checkRequirement(requirement, tested, surroundings)),
    ...surroundings.tests.flatMap(({ file, title }) =>
      idsIn(title)
        .filter((id) => !known.has(id))
        .map((id) => `${file} has a test that names the unknown requirement ${id}: "${title}"`),
    ),
  ];
}

function checkRequirement(
  { id, text, section, symbols, later }: Requirement,
  tested: ReadonlySet<string>,
  { declares, packageExists }: Surroundings,
): string[] {
  const findings: string[] = [];
  if (!/^[A-Z]\d\d$/.test(id)) findings.push(`${id} is not of the form letter and two digits`);
  if (text === "" || section === "") findings.push(`${id} lacks a text or a section`);
  if (later !== undefined) {
    if (packageExists(later)) findings.push(`${id} is deferred until ${later} exists, which it does`);
    return findings;
  }
  if (symbols.length === 0) findings.push(`${id} has no symbol`);
  for (const reference of symbols) {
    const [file = "", symbol = ""] = reference.split("#");
    const found = declares(file, symbol);
    if (found === undefined) findings.push(`${id} names ${file}, which does not exist`);
    else if (!found) findings.push(`${id} names ${symbol}, which ${file} does not declare`);
  }
  if (!tested.has(id)) findings.push(`${id} has no test with [${id}] in its title`);
  return findings;
}
