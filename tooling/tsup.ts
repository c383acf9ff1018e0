/** The build of every published package: each entry point as ESM, as CommonJS and with declarations. */

import { readdir, writeFile } from "node:fs/promises";
import { build, type Plugin } from "esbuild";
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
    // Not every runtime and bundler knows the modules of Node without their prefix.
    removeNodeProtocol: false,
    external: [/^node:/],
    treeshake: false, // it duplicates the source map comment of the .cjs files
    onSuccess: async () => {
      await convertToCommonJs("dist");
      await buildModules(Object.values(entry), "dist/modules");
    },
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

/**
 * Writes each module that the entry points need as a file of its own, for bundlers: they drop whole modules that nothing is used
 * of (`sideEffects: false`), but keep each statement of a joined file that might have an effect. Node, Deno and Bun load the joined
 * files (the condition `node`), because 220 small ones cost a program that imports `@hybi/node` twice the time until it runs.
 */
async function buildModules(entryPoints: readonly string[], outdir: string): Promise<void> {
  const shared = { bundle: true, format: "esm", target: "es2022", platform: "neutral", packages: "external" } as const;
  const { metafile } = await build({ ...shared, entryPoints: [...entryPoints], outdir, metafile: true, write: false });
  await build({
    ...shared,
    entryPoints: Object.keys(metafile.inputs).map((path) => path.replace(loaded, leftOut)),
    outbase: "src",
    outdir,
    sourcemap: true,
    plugins: [keepImports],
  });
}

/** The sentences of errors, and the module that takes their place. */
const loaded = /\/sentences\/loaded\.ts$/;
const leftOut = "/sentences/left-out.ts";

/**
 * Leaves imports of other modules as they are, except that they name the built file, and that the sentences of errors are left out:
 * see `packages/core/src/sentences/loaded.ts`.
 */
const keepImports: Plugin = {
  name: "keep-imports",
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ kind, path }) => {
      if (kind === "entry-point") return undefined;
      const module = path.replace(loaded, leftOut);
      return { path: module.replace(/\.ts$/, ".js"), external: true };
    });
  },
};
