/** Writes the kinds of hostile clients between the marks of the page that describes them. */
import type { AttackKind } from "../../packages/testing/src/attacks/kinds.ts";

const mark = /(<!-- begin: kinds, written by `pnpm check:docs --write` -->)[\s\S]*?(<!-- end -->)/;

/** Replaces the text between the marks by a table of `kinds`. */
export function replaceKinds(page: string, kinds: readonly AttackKind[]): string {
  const rows = kinds.map(({ name, title }) => `| \`${name}\` | ${title} |`);
  const table = ["| Kind | A client that |", "| --- | --- |", ...rows].join("\n");
  return page.replace(mark, (_, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`);
}
