/** Checks source files against the table: the direction of packages, the layers inside them, and no import cycle. */

import { posix } from "node:path";
import { findImports } from "./imports.ts";
import { layers, packages } from "./table.ts";

/** `sources` maps paths such as "packages/core/src/frame/mask.ts" to their text. */
export function checkLayers(sources: ReadonlyMap<string, string>): string[] {
  const findings: string[] = [];
  const graph = new Map<string, string[]>();

  for (const [path, text] of sources) {
    const inside: string[] = [];
    findings.push(...withoutLayer(path));
    for (const { specifier, line } of findImports(path, text)) {
      const at = `${path}:${line}`;
      if (!specifier.startsWith(".")) {
        findings.push(...checkPackageImport(packageOf(path), specifier).map((finding) => `${at} ${finding}`));
        continue;
      }
      const target = posix.normalize(posix.join(posix.dirname(path), specifier));
      if (!sources.has(target)) findings.push(`${at} imports ${specifier}, which is not a source file of its package`);
      else if (packageOf(target) !== packageOf(path)) findings.push(`${at} reaches into another package by a path`);
      else {
        inside.push(target);
        findings.push(...checkLayerImport(path, target).map((finding) => `${at} ${finding}`));
      }
    }
    graph.set(path, inside);
  }
  return [...findings, ...findCycles(graph)];
}

function packageOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function checkPackageImport(from: string, specifier: string): string[] {
  const rule = packages[from];
  if (rule === undefined) return [`the package ${from} is not in the table of packages`];
  const own = /^@hybi\/([^/]+)/.exec(specifier)?.[1];
  const allowed =
    own === undefined
      ? rule.modules.some((module) => specifier === module || (module.endsWith(":") && specifier.startsWith(module)))
      : rule.packages.includes(own);
  return allowed ? [] : [`imports ${specifier}: ${from} may not`];
}

/** "frame/mask" for packages/core/src/frame/mask.ts. */
function moduleOf(path: string): string {
  return path.split("/").slice(3).join("/").replace(/\.ts$/, "");
}

/** "frame" for src/frame/mask.ts, "connection" for src/connection.ts. */
function layerOf(path: string): string {
  return moduleOf(path).split("/")[0] ?? "";
}

function withoutLayer(path: string): string[] {
  const ofPackage = layers[packageOf(path)];
  return ofPackage === undefined || layerOf(path) in ofPackage ? [] : [`${path} belongs to no layer of the table`];
}

function checkLayerImport(path: string, target: string): string[] {
  const ofPackage = layers[packageOf(path)];
  const [from, to] = [layerOf(path), layerOf(target)];
  if (ofPackage === undefined || from === to) return [];
  const mayImport = ofPackage[from]?.mayImport ?? [];
  const module = moduleOf(target);
  return mayImport.includes(to) || mayImport.includes(module) ? [] : [`imports ${module}: ${from} may not`];
}

/** Reports every cycle once, beginning with its alphabetically first file. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles = new Set<string>();
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const circle = trail.slice(start);
      const first = circle.indexOf([...circle].sort()[0] ?? path);
      const ordered = [...circle.slice(first), ...circle.slice(0, first)];
      cycles.add(`import cycle: ${[...ordered, ordered[0]].join(" → ")}`);
      return;
    }
    if (finished.has(path)) return;
    trail.push(path);
    for (const target of graph.get(path) ?? []) visit(target);
    trail.pop();
    finished.add(path);
  };
  for (const path of [...graph.keys()].sort()) visit(path);
  return [...cycles];
}
