/**
 * The configuration with which Stryker runs the tests of `folders.ts`: few runs of each property, and a fixed seed. Package
 * names resolve to the sources beside this file, which are the mutated copy, and not to the links in node_modules.
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
      { find: /^@hybi\/core\/options$/, replacement: source("core/src/options.ts") },
      { find: /^@hybi\/core\/([a-z]+)$/, replacement: source("core/src/$1/index.ts") },
      { find: /^@hybi\/testing\/wire$/, replacement: source("testing/src/wire/index.ts") },
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
    // Each file gets modules of its own. If files shared modules, code executed while loading would be attributed to one file
    // only, and Stryker would report detected mutants as not covered.
    isolate: true,
    pool: "threads",
  },
});
