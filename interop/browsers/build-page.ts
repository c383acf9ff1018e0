/** The script of the page, and of its worker: our own portable code, as an application's bundler makes it. */
import { build } from "esbuild";

const folder = `${import.meta.dirname}/in-page`;

/** One classic script for the page and for a worker: it sees for itself where it is. */
export async function buildPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${folder}/main.ts`],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
    conditions: ["@hybi/source"],
    // What a browser does not have, such as node:zlib, is an error.
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}
