/**
 * The tests that are to notice a mutant: the units, the requirements, and the properties that are quick, with few runs
 * and a fixed seed. Every name of a package leads to the sources beside this file: the copy that is mutated, and not
 * what the links in node_modules lead to.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

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
    include: [
      "src/**/*.test.ts",
      "tests/spec/**/*.test.ts",
      "tests/properties/{chunking,closing-model,equivalence,grammar,limits,robustness,round-trip,sending}.test.ts",
    ],
    setupFiles: [fileURLToPath(new URL("../vitest/setup.ts", import.meta.url))],
    env: { HYBI_SEED: "6455", HYBI_RUNS: "12" },
    testTimeout: 30_000,
    // One worker for all files: to begin each with modules of its own is most of what a mutant would cost.
    isolate: false,
    pool: "threads",
  },
});
