/** Generates small programs of a user who has installed our packages. */

import type { Manifest } from "./manifest.ts";

/** Returns the entry points of a package: "@hybi/core", "@hybi/core/frame", … */
export function entryPoints({ name, exports }: Manifest): string[] {
  return Object.keys(exports)
    .filter((path) => path !== "./package.json")
    .map((path) => name + path.slice(1));
}

/** Returns those that have modules for bundlers, the condition `module`. */
export function entryPointsForBundlers({ name, exports }: Manifest): string[] {
  return Object.entries(exports)
    .filter(([, conditions]) => typeof conditions === "object" && conditions !== null && "module" in conditions)
    .map(([path]) => name + path.slice(1));
}

/** Names that entry points of one package share on purpose: `/zlib` has the same function with another default codec. */
const variants = ["permessageDeflate"];

/**
 * Returns file names and texts of the programs. A program fails unless every entry point loads, none has a default export (but that of ws, whose interface has one),
 * and a name shared by two of them refers to the same value, except `variants`: a class that exists twice would break
 * `instanceof`.
 */
export function formatConsumer(name: string, specifiers: readonly string[]): [file: string, text: string][] {
  const imports = specifiers.map((specifier, index) => `import * as entry${index} from "${specifier}";`);
  const types = specifiers.map((_, index) => `export type Entry${index} = typeof entry${index};`);
  const program = (load: string): string =>
    [
      "const seen = {};",
      `for (const entry of [${specifiers.map((specifier) => `${load}("${specifier}")`).join(", ")}]) {`,
      "  for (const [name, value] of Object.entries(entry)) {",
      ...(name === "ws" ? [] : ['    if (name === "default") throw new Error("an entry point has a default export");']),
      `    if (${JSON.stringify(variants)}.includes(name)) continue;`,
      "    if (name in seen && seen[name] !== value) throw new Error(name + ' exists twice');",
      "    seen[name] = value;",
      "  }",
      "}",
      'console.log(Object.keys(seen).length, "names");',
      "",
    ].join("\n");
  return [
    [`${name}.mjs`, program("await import")],
    [`${name}.cjs`, program("require")],
    [`${name}.mts`, [...imports, ...types, ""].join("\n")],
    [`${name}.cts`, [...imports, ...types, ""].join("\n")],
  ];
}

/** Returns a program that runs the programs of several packages in one process. */
export function formatImportAll(names: readonly string[], format: string): string {
  const load = format === "cjs" ? "require" : "await import";
  return `${names.map((name) => `console.log("${name}"); ${load}("./${name}.${format}");`).join("\n")}\n`;
}

/** Deno and Bun run TypeScript, and their programs are ES modules. */
const allRuntimes = [
  { runtime: "Node", command: ["node"], readmeFormats: ["mjs", "cjs"] },
  { runtime: "Deno", command: ["deno", "run", "-A"], readmeFormats: ["mts"] },
  { runtime: "Bun", command: ["bun", "run"], readmeFormats: ["mts"] },
];

/** Returns the runtimes in which the package must load: for an adapter, only its own. */
export function runtimesOf(name: string): typeof allRuntimes {
  const own = allRuntimes.filter(({ runtime }) => runtime.toLowerCase() === name);
  return own.length > 0 ? own : allRuntimes;
}

/** The packages that need no runtime of a server: their READMEs run in a page and in a Worker as well. */
const portable: readonly string[] = ["core", "permessage-deflate", "websocket", "isomorphic", "testing"];

/** Whether the package claims to run in pages and Workers. */
export function isPortable(name: string): boolean {
  return portable.includes(name);
}
