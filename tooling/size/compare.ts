/** Compares sizes with those that are recorded. */

import type { Size } from "./measure.ts";

/** Recorded sizes by the name of the entry. */
export type Budgets = Readonly<Record<string, Size>>;

/** Share of what is recorded by which a size may differ. One that is smaller by more fails too: it would hide a later growth. */
const tolerance = 0.03;

const remedy = "`pnpm check:size --write`";

/** Returns a sentence for each size that differs from its budget by more than 3 %. */
export function compareSizes(sizes: Budgets, budgets: Budgets): string[] {
  const findings: string[] = [];
  for (const [name, size] of Object.entries(sizes)) {
    const budget = budgets[name];
    if (budget === undefined) {
      findings.push(`${name} has no budget. Record one with ${remedy}.`);
      continue;
    }
    for (const bundler of ["esbuild", "vite"] as const) {
      const [bytes, recorded] = [size[bundler], budget[bundler]];
      const compared = `${name}, ${bundler}: ${bytes} bytes, but ${recorded} are recorded`;
      if (bytes > recorded * (1 + tolerance)) {
        findings.push(
          `${compared}. Make it smaller again; if the growth is worth it, say why in the commit and record it with ${remedy}.`,
        );
      } else if (bytes < recorded * (1 - tolerance)) {
        findings.push(`${compared}. Record it with ${remedy}, so that it stays so small.`);
      }
    }
  }
  const unknown = Object.keys(budgets).filter((name) => !(name in sizes));
  return [...findings, ...unknown.map((name) => `${name} has a budget but is not measured: ${remedy} removes it.`)];
}
