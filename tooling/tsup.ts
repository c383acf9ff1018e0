/** The build of every published package: each entry point as ESM, as CommonJS and with declarations. */

import { readdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import type { Options } from "tsup";

export function definePackage(entry: Record<string, string>): Options {
  return {
    entry,
    format: ["esm", "cjs"],
    target: "es2022",
    platform: "neutral",
    // tsup sets `baseUrl` for the declarations, which TypeScript 6 reports as deprecated.
    dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
    sourcemap: true,
    clean: true,
    treeshake: false, // it duplicates the source map comment of the .cjs files
    onSuccess: () => convertToCommonJs("dist"),
  };
}

/**
 * Replaces tsup's CommonJS files by conversions of the ES modules. tsup gives each CommonJS entry point its own copy of
 * shared code, so that `error instanceof UsageError` fails between them; and where it can split shared code, it rewrites
 * class fields to slower code.
 */
async function convertToCommonJs(folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".js"));
  const { outputFiles } = await build({
    entryPoints: files.map((name) => `${folder}/${name}`),
    outdir: folder,
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    target: "es2022",
    platform: "neutral",
    sourcemap: true,
    write: false,
  });
  for (const { path, text } of outputFiles) {
    await writeFile(
      path,
      path.endsWith(".cjs") ? text.replace(/require\("(\.\/[^"]+)\.js"\)/g, 'require("$1.cjs")') : text,
    );
  }
}
