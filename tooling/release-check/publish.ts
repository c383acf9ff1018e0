/** The commands that publish what has been checked. They are printed and kept, and run by the owner or by the workflow only. */
import { basename } from "node:path";
import type { Manifest } from "./manifest.ts";

interface Publishable {
  readonly tarball: string;
  readonly manifest: Manifest;
}

/** Sorts packages so that each stands behind those that it depends on: what is published can be installed at once. */
export function inOrderOfDependencies<Package extends Publishable>(packages: readonly Package[]): Package[] {
  const ordered: Package[] = [];
  const visit = (one: Package): void => {
    if (ordered.includes(one)) return;
    for (const name of Object.keys(one.manifest.dependencies ?? {})) {
      const dependency = packages.find(({ manifest }) => manifest.name === name);
      if (dependency !== undefined) visit(dependency);
    }
    ordered.push(one);
  };
  for (const one of [...packages].sort((a, b) => a.manifest.name.localeCompare(b.manifest.name))) visit(one);
  return ordered;
}

/**
 * Returns a script that publishes the tarballs beside it, and the sources for JSR. What is published already is skipped, so
 * that it can be run again after an interruption. Its arguments are passed to `npm publish`.
 */
export function formatPublishScript(packages: readonly Publishable[]): string {
  const npm = packages.map(({ tarball, manifest: { name, version } }) => {
    const isThere = `[ -n "$(npm view ${name}@${version} version 2>/dev/null)" ]`;
    return `${isThere} || npm publish ./npm/${basename(tarball)} --access public "$@"`;
  });
  return [
    "#!/usr/bin/env bash",
    "# Publishes to npm and to JSR. Arguments are passed to `npm publish`.",
    "set -euo pipefail",
    'cd "$(dirname "$0")"',
    ...npm,
    "cd jsr",
    "deno publish",
    "",
  ].join("\n");
}
