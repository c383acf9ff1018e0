/** Writes what is published from saved results, and keeps these. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Result } from "../result.ts";
import { inOrder, reportedPages, resultsFolder } from "./pages.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export function writeReport(results: readonly Result[]): void {
  const folder = `${root}${resultsFolder}`;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) rmSync(`${folder}/${name}`);
  for (const result of results) {
    const name = `${folder}/node${Number.parseInt(result.node, 10)}.json`;
    writeFileSync(name, `${JSON.stringify(result)}\n`);
    console.log(name);
  }
  for (const [page, make] of Object.entries(reportedPages)) {
    const path = `${root}${page}`;
    writeFileSync(path, make(existsSync(path) ? readFileSync(path, "utf8") : "", inOrder(results)));
    console.log(path);
  }
}
