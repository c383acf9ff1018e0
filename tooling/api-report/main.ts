/** `pnpm check:api` fails if a public signature differs from docs/reference/api. `--write` regenerates the reports. */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conclude, filesBelow, packageFolders, root } from "../repository.ts";
import { compareReports, formatApiReport } from "./report.ts";

const reports = "docs/reference/api";
const write = process.argv.includes("--write");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const findings: string[] = [];

const wanted = new Map<string, string>();
for (const folder of packageFolders()) {
  const { name, exports } = JSON.parse(read(`${folder}/package.json`));
  for (const [path, conditions] of Object.entries<Record<string, string | Record<string, string>>>(exports)) {
    const sources = conditions["@hybi/source"];
    // Where it depends on the runtime, all of them have the same signatures: isomorphic.test.ts compares them.
    const source = typeof sources === "object" ? sources.default : sources;
    if (source === undefined) continue;
    const specifier = name + path.slice(1);
    const file = `${reports}/${specifier.replace("@hybi/", "").replaceAll("/", "-")}.md`;
    wanted.set(file, formatApiReport(specifier, join(folder, source), read));
  }
}

if (write) mkdirSync(join(root, reports), { recursive: true });
for (const file of new Set([...wanted.keys(), ...filesBelow(reports, () => true)])) {
  const now = existsSync(join(root, file)) ? read(file) : "";
  const report = wanted.get(file);
  if (now === report) continue;
  if (!write) findings.push([`${file} is stale`, ...compareReports(now, report ?? "")].join("\n"));
  else if (report === undefined) rmSync(join(root, file));
  else writeFileSync(join(root, file), report);
}
if (findings.length > 0)
  findings.push("if these changes are intended, run `pnpm check:api --write` and commit the reports");
conclude("api", findings, `${wanted.size} entry points`);
