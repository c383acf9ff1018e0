/**
 * How Stryker runs the tests of `folders.ts`: with few runs of each property and a fixed seed. Every name of a package
 * leads to the sources beside this file: the copy that is mutated, and not what the links in node_modules lead to.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { folders } from "./folders.ts";
import { UnitsFirst } from "./units-first.ts";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));
const source = (path: string): string => `${packages}${path}`;

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@hybi\/core\/frame$/, replacement: source("core/src/frame/index.ts") },
      { find: /^@hybi\/([a-z]+)$/, replacement: source("$1/src/index.ts") },
    ],
  },
  test: {
    root: source("core"),
    include: [...(folders[process.env.MUTATED_FOLDER ?? ""] ?? Object.values(folders).flat())],
    setupFiles: [fileURLToPath(new URL("../vitest/setup.ts", import.meta.url))],
    env: { HYBI_SEED: "6455", HYBI_RUNS: "5" },
    testTimeout: 60_000,
    sequence: { sequencer: UnitsFirst },
    // Each file has modules of its own: where files share them, what loads first is counted for one file only, and Stryker
    // then takes mutants that are noticed for mutants that no test reaches.
    isolate: true,
    pool: "threads",
  },
});
