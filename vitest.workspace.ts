/**
 * The test suites and the runtimes in which they run. vitest reads this file in Node, in Deno and in Bun.
 *
 * A test named `x.node.test.ts`, `x.deno.test.ts` or `x.bun.test.ts` runs in that runtime only; every other
 * `x.test.ts` runs in each runtime that its package lists here. The neutral tests of a portable package share processes, in which
 * each file gets fresh modules (`tooling/vitest/setup.ts`); its tests of one runtime, which measure the heap or start
 * programs, get a process each, and are the project `core.node` beside `core`: `--project 'core*'` runs both.
 */

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { chooseSeed } from "./tooling/vitest/seed.ts";
import { SlowFirst } from "./tooling/vitest/slow-first.ts";

type Runtime = "node" | "deno" | "bun";

const suites: { name: string; root: string; runtimes: readonly Runtime[]; isPortable?: true }[] = [
  { name: "core", root: "packages/core", runtimes: ["node", "deno", "bun"], isPortable: true },
  { name: "websocket", root: "packages/websocket", runtimes: ["node", "deno", "bun"], isPortable: true },
  {
    ...{ name: "permessage-deflate", root: "packages/permessage-deflate" },
    ...{ runtimes: ["node", "deno", "bun"], isPortable: true },
  },
  { name: "node", root: "packages/node", runtimes: ["node"] },
  { name: "deno", root: "packages/deno", runtimes: ["deno"] },
  { name: "bun", root: "packages/bun", runtimes: ["bun"] },
  { name: "isomorphic", root: "packages/isomorphic", runtimes: ["node"] },
  { name: "ws", root: "packages/ws", runtimes: ["node"] },
  { name: "testing", root: "packages/testing", runtimes: ["node", "deno", "bun"] },
  { name: "conformance", root: "packages/conformance", runtimes: ["node", "deno", "bun"] },
  { name: "examples", root: "examples", runtimes: ["node"] },
  { name: "fuzz", root: "fuzz", runtimes: ["node"] },
  { name: "bench", root: "bench", runtimes: ["node"] },
  { name: "tooling", root: "tooling", runtimes: ["node"] },
];

const runtime: Runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const otherRuntimes = (["node", "deno", "bun"] as const).filter((other) => other !== runtime);

// Every project loads this file again in the same process, so choose and print the seed only once.
if (process.env.HYBI_SEED === undefined) {
  process.env.HYBI_SEED = String(chooseSeed(process.env));
  console.log(`fast-check seed ${process.env.HYBI_SEED}: repeat this run with HYBI_SEED=${process.env.HYBI_SEED}`);
}

/** Patterns of further files to leave out, separated by commas. vitest's own `--exclude` does not reach projects. */
const leftOut = (process.env.HYBI_EXCLUDE ?? "").split(",").filter(Boolean);

function project(
  name: string,
  root: string,
  { include = "**/*.test.ts", notOf = otherRuntimes as readonly Runtime[], isolate = true } = {},
): TestProjectInlineConfiguration {
  const exclude = ["**/node_modules/**", "**/dist/**", ...notOf.map((other) => `**/*.${other}.test.ts`), ...leftOut];
  return { extends: true, test: { name, root, include: [include], exclude, isolate } };
}

function projectsOf({ name, root, isPortable }: (typeof suites)[number]): TestProjectInlineConfiguration[] {
  if (isPortable !== true) return [project(name, root)];
  return [
    project(name, root, { notOf: [...otherRuntimes, runtime], isolate: false }),
    project(`${name}.${runtime}`, root, { include: `**/*.${runtime}.test.ts` }),
  ];
}

export default defineConfig({
  // Test the sources of this repository's packages, not their last build.
  resolve: { conditions: ["@hybi/source", ...defaultClientConditions] },
  ssr: {
    resolve: { conditions: ["@hybi/source", ...defaultServerConditions] },
    noExternal: [/^@hybi\//],
  },
  test: {
    // One less by default, which leaves half of a machine with two cores idle: the process of vitest itself has little to do.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: SlowFirst },
    // Long enough for a busy machine; a test that hangs still ends.
    testTimeout: 30_000,
    projects: suites.filter((suite) => suite.runtimes.includes(runtime) && existsSync(suite.root)).flatMap(projectsOf),
    setupFiles: [new URL("./tooling/vitest/setup.ts", import.meta.url).pathname],
    env: { HYBI_SEED: process.env.HYBI_SEED },
    coverage: {
      provider: "v8",
      // An absolute path, because vitest resolves patterns for files that no test loads against the root of each project.
      include: [new URL("./packages/core/src/**/*.ts", import.meta.url).pathname],
      exclude: ["**/*.test.ts"],
      reporter: ["text", "json-summary"],
      thresholds: { lines: 100, branches: 100, functions: 100, statements: 100 },
    },
  },
});
