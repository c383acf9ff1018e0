/** `pnpm check:purity` proves that the built core imports nothing and uses no global of a runtime. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { conclude, root } from "../repository.ts";
import { checkPurity } from "./check.ts";

const folder = "packages/core/dist";
const entryPoints = ["index", "opening", "policy", "frame", "options", "explain"].flatMap((name) => [
  `${name}.js`,
  `${name}.cjs`,
]);

const names = existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true }).map(String) : [];
const paths = names.filter((name) => /\.[cm]?js$/.test(name)).map((name) => `${folder}/${name}`);
const findings = entryPoints
  .filter((name) => !names.includes(name))
  .map((name) => `${folder}/${name} is missing: run \`pnpm build\` first`);
findings.push(...checkPurity(new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]))));

conclude("purity", findings, `${paths.length} built files import nothing and use no global of a runtime`);
