/**
 * The suites against programs of others. `pnpm test:browsers` and `pnpm test:proxies` need those of the system, and are not
 * among those of `pnpm test`, which needs nothing but Node and npm; `pnpm test:workerd` is, because npm has workerd.
 */
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import workspace from "../vitest.workspace.ts";

function project(name: string, globalSetup: string[] = []): TestProjectInlineConfiguration {
  return {
    extends: true,
    // One file after the other: they share the machine with a browser.
    test: {
      name,
      root: `${import.meta.dirname}/${name}`,
      include: ["**/*.test.ts"],
      globalSetup,
      isolate: false,
      pool: "forks",
    },
  };
}

const { test, ...shared } = workspace;

export default defineConfig({
  ...shared,
  test: {
    ...test,
    fileParallelism: false,
    // A browser on a busy machine takes its time to open a page.
    hookTimeout: 60_000,
    projects: [
      project("browsers", [`${import.meta.dirname}/browsers/browser-setup.ts`]),
      project("proxies"),
      project("workerd"),
    ],
  },
});
