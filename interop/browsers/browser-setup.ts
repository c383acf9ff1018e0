/** Starts the browser named by HYBI_BROWSER and builds the script of its pages, once for all test files. */
import type { TestProject } from "vitest/node";
import { browsers, isBrowserName } from "./browsers.ts";
import { buildPage } from "./build-page.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Endpoint of the browser. */
    readonly browser: string;
    /** Script of its pages. */
    readonly script: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const name = process.env.HYBI_BROWSER;
  if (!isBrowserName(name))
    throw new Error("HYBI_BROWSER is not set. Run the tests with `pnpm test:browsers`, which sets it.");
  const { type, program, options } = browsers[name];
  project.provide("script", await buildPage());
  const server = await type.launchServer({ ...options, executablePath: program, host: "127.0.0.1" });
  project.provide("browser", server.wsEndpoint());
  return () => server.close();
}
