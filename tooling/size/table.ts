/** Writes the recorded sizes between the marks of README.md. */

import type { Budgets } from "./compare.ts";

const mark =
  /(<!-- begin: sizes, written by `pnpm check:docs --write` from tooling\/size\/budgets.json -->)[\s\S]*?(<!-- end: sizes -->)/;

/** Replaces the text between the marks by a table of `budgets`, in kilobytes of 1000 bytes. */
export function replaceSizes(page: string, budgets: Budgets): string {
  if (!mark.test(page)) throw new Error("The page lacks the marks of the sizes.");
  const rows = Object.entries(budgets).map(([name, { esbuild, vite }]) => `| ${name} | ${kB(esbuild)} | ${kB(vite)} |`);
  const table = ["| Imported | esbuild, kB | Vite, kB |", "| --- | --: | --: |", ...rows].join("\n");
  return page.replace(mark, (_, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`);
}

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(bytes < 9950 ? 2 : 1);
}
