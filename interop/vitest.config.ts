/**
 * The suites against programs of other projects. `pnpm test:browsers` and `pnpm test:proxies` need programs installed on the
 * system, so `pnpm test`, which needs only Node and npm, does not run them. It does run `pnpm test:workerd`, because workerd
 * comes from npm.
 */
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import workspace from "../vitest.workspace.ts";

function project(name: string, globalSetup: string[] = []): TestProjectInlineConfiguration {
  return {
    extends: true,
    // Run files one after the other, because they share the machine with a browser.
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
    // A browser on a busy machine may take long to open a page.
    hookTimeout: 60_000,
    projects: [
      project("browsers", [`${import.meta.dirname}/browsers/browser-setup.ts`]),
      project("proxies"),
      project("workerd"),
      project("bare"),
    ],
  },
});
