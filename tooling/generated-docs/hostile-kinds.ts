/** The kinds of hostile clients, between the marks of the page that tells of them. */
import type { AttackKind } from "../../packages/testing/src/attacks/kinds.ts";

const mark = /(<!-- begin: kinds, written by `pnpm check:docs --write` -->)[\s\S]*?(<!-- end -->)/;

/** Puts a table of `kinds` between the marks. */
export function replaceKinds(page: string, kinds: readonly AttackKind[]): string {
  const rows = kinds.map(({ name, title }) => `| \`${name}\` | ${title} |`);
  const table = ["| Kind | A client that |", "| --- | --- |", ...rows].join("\n");
  return page.replace(mark, (_, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`);
}
