/** Builds the script of the page and its worker: our portable code, as an application's bundler builds it. */
import { type BuildOptions, build } from "esbuild";

const folder = `${import.meta.dirname}/in-page`;

const settings: BuildOptions & { write: false } = {
  bundle: true,
  write: false,
  platform: "browser",
  target: "es2022",
  conditions: ["@hybi/source"],
  // Modules that a browser lacks, such as node:zlib, are errors.
  logLevel: "error",
};

/** Bundles a program from the documents as a module. */
export async function buildProgram(code: string): Promise<string> {
  const stdin = { contents: code, loader: "ts", resolveDir: folder } as const;
  const { outputFiles } = await build({ ...settings, stdin, format: "esm" });
  return outputFiles[0]?.text ?? "";
}

/** Builds one classic script for the page and for a worker: it detects where it runs. */
export async function buildPage(): Promise<string> {
  const { outputFiles } = await build({ ...settings, entryPoints: [`${folder}/main.ts`], format: "iife" });
  return outputFiles[0]?.text ?? "";
}
