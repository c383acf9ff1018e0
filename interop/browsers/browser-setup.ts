/** Starts the browser that HYBI_BROWSER names, and builds what its pages run, once for all test files. */
import type { TestProject } from "vitest/node";
import { browsers, isBrowserName } from "./browsers.ts";
import { buildPage } from "./build-page.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the browser is to be reached. */
    readonly browser: string;
    /** What its pages run. */
    readonly script: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const name = process.env.HYBI_BROWSER;
  if (!isBrowserName(name)) throw new Error("Run it with `pnpm test:browsers`, which sets HYBI_BROWSER.");
  const { type, program, options } = browsers[name];
  project.provide("script", await buildPage());
  const server = await type.launchServer({ ...options, executablePath: program, host: "127.0.0.1" });
  project.provide("browser", server.wsEndpoint());
  return () => server.close();
}
