/** `pnpm check:layers` fails on an import that the table does not allow, that leaves its package, or that forms a cycle. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { conclude, filesBelow, packageFolders, root } from "../repository.ts";
import { checkLayers } from "./check.ts";

const isSource = (path: string): boolean => path.endsWith(".ts") && !path.endsWith(".test.ts");
const paths = packageFolders().flatMap((folder) => filesBelow(`${folder}/src`, isSource));
const findings = checkLayers(new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")])));
const manifest = JSON.parse(readFileSync(join(root, "packages/core/package.json"), "utf8"));
for (const field of ["dependencies", "peerDependencies", "optionalDependencies"]) {
  if (manifest[field] !== undefined)
    findings.push(`packages/core/package.json has ${field}: core must not have dependencies`);
}

conclude("layers", findings, `${paths.length} source files, every import follows the table, and there is no cycle`);
