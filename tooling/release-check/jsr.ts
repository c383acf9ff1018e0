/**
 * JSR gets the sources of the packages that run beyond Node. Each of them has a `jsr.json`, which is written from its
 * package.json, and all are published from one staged workspace, whose dry run is part of the check.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Manifest } from "./manifest.ts";

/** Packages on JSR, each behind those that it depends on. */
export const jsrFolders: readonly string[] = [
  "packages/core",
  "packages/permessage-deflate",
  "packages/websocket",
  "packages/deno",
  "packages/testing",
];

/** Returns the content of the `jsr.json` that belongs to the package.json in the repository. */
export function jsrOf(manifest: Manifest): object {
  const { name, version, license, exports, dependencies = {}, peerDependencies = {} } = manifest;
  const sources = Object.entries(exports).flatMap(([path, target]) => {
    const source = (target as Record<string, unknown>)["@hybi/source"];
    return typeof source === "string" ? [[path, source]] : [];
  });
  const imports = Object.entries({ ...dependencies, ...peerDependencies }).map(([dependency, range]) => {
    // Our packages share one version.
    const isOurs = range.startsWith("workspace:");
    return [dependency, isOurs ? `jsr:${dependency}@^${version}` : `npm:${dependency}@${range}`];
  });
  return {
    name,
    version,
    license,
    exports: Object.fromEntries(sources),
    ...(imports.length > 0 && { imports: Object.fromEntries(imports) }),
    publish: { include: ["src/**/*.ts", "README.md", "LICENSE", "jsr.json"], exclude: ["**/*.test.ts"] },
  };
}

/** Returns a finding for each `jsr.json` of the repository in `folder` that does not follow from its package.json. */
export function staleJsr(folder: string): string[] {
  return jsrFolders
    .filter(
      (own) => !isDeepStrictEqual(readJson(folder, own, "jsr.json"), jsrOf(readJson(folder, own, "package.json"))),
    )
    .map((own) => `${own}/jsr.json does not follow from package.json: run \`pnpm release:check --write\``);
}

/** Writes every `jsr.json` of the repository in `folder`. */
export function writeJsr(folder: string): void {
  for (const own of jsrFolders) {
    const wanted = jsrOf(readJson(folder, own, "package.json"));
    writeFileSync(join(folder, own, "jsr.json"), JSON.stringify(wanted, null, 2));
  }
}

function readJson(...path: string[]): Manifest {
  return JSON.parse(readFileSync(join(...path), "utf8"));
}

/** Copies the packages from the repository at `from` into a workspace of Deno at `to`. */
export function stageJsr(from: string, to: string): void {
  for (const folder of jsrFolders) {
    mkdirSync(join(to, folder), { recursive: true });
    const isTest = (path: string): boolean => path.endsWith(".test.ts");
    cpSync(join(from, folder, "src"), join(to, folder, "src"), { recursive: true, filter: (path) => !isTest(path) });
    for (const file of ["jsr.json", "README.md"]) cpSync(join(from, folder, file), join(to, folder, file));
    cpSync(join(from, "LICENSE"), join(to, folder, "LICENSE"));
  }
  writeFileSync(join(to, "deno.json"), `${JSON.stringify({ workspace: jsrFolders }, null, 2)}\n`);
}
