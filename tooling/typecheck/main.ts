/** Type-checks every project, `tsconfig.json` and `tsconfig.test.json` and the like, with tsc, the native compiler, two at a time. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { conclude, packageFolders, root, run } from "../repository.ts";

const folders = [".", "bench", "examples", "fuzz", "interop", "tooling", ...packageFolders()];
const projects = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => /^tsconfig(?:\.\w+)?\.json$/.test(file) && file !== "tsconfig.base.json")
    .map((file) => `${folder}/${file}`),
);
const withoutTsconfig = packageFolders().filter((folder) => !readdirSync(join(root, folder)).includes("tsconfig.json"));
const findings = withoutTsconfig.map((folder) => `${folder} has no tsconfig.json`);

async function checkNext(): Promise<void> {
  for (let project = queue.shift(); project !== undefined; project = queue.shift()) {
    const { exitCode, output } = await run(["tsc", "--project", project], { capture: true });
    const nothingToCheck = output.includes("TS18003");
    if (exitCode !== 0 && !nothingToCheck) findings.push(`${project}\n${output}`);
    console.log(`${exitCode === 0 ? "ok     " : nothingToCheck ? "empty  " : "FAILED "} ${project}`);
  }
}
const queue = [...projects];
await Promise.all([checkNext(), checkNext()]);

conclude("typecheck", findings, `${projects.length} projects`);
