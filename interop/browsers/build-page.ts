/** The script of the page, and of its worker: our own portable code, as an application's bundler makes it. */
import { type BuildOptions, build } from "esbuild";

const folder = `${import.meta.dirname}/in-page`;

const settings: BuildOptions & { write: false } = {
  bundle: true,
  write: false,
  platform: "browser",
  target: "es2022",
  conditions: ["@hybi/source"],
  // What a browser does not have, such as node:zlib, is an error.
  logLevel: "error",
};

/** A program of the documents, as a module. */
export async function buildProgram(code: string): Promise<string> {
  const stdin = { contents: code, loader: "ts", resolveDir: folder } as const;
  const { outputFiles } = await build({ ...settings, stdin, format: "esm" });
  return outputFiles[0]?.text ?? "";
}

/** One classic script for the page and for a worker: it sees for itself where it is. */
export async function buildPage(): Promise<string> {
  const { outputFiles } = await build({ ...settings, entryPoints: [`${folder}/main.ts`], format: "iife" });
  return outputFiles[0]?.text ?? "";
}
