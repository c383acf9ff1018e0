/** Saves results, and writes the published pages from all that are saved. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Result } from "../result.ts";
import { inOrder, reportedPages, resultsFolder } from "./pages.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export function writeReport(results: readonly Result[]): void {
  const saved = saveResults(`${root}${resultsFolder}`, results);
  console.log(`Written from the results of ${saved.map(({ node }) => `Node ${node}`).join(", ")}:`);
  for (const [page, make] of Object.entries(reportedPages)) {
    const path = `${root}${page}`;
    writeFileSync(path, make(existsSync(path) ? readFileSync(path, "utf8") : "", saved));
    console.log(path);
  }
}

/** Saves each result in place of the one of the same major version of Node; returns all that are then in the folder. */
export function saveResults(folder: string, results: readonly Result[]): readonly Result[] {
  mkdirSync(folder, { recursive: true });
  for (const result of results) {
    writeFileSync(`${folder}/node${Number.parseInt(result.node, 10)}.json`, `${JSON.stringify(result)}\n`);
  }
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return inOrder(names.map((name) => JSON.parse(readFileSync(`${folder}/${name}`, "utf8"))));
}
