/** How every published package is built: each entry as ESM, as CommonJS and with declarations. */

import { defineConfig, type Options } from "tsup";

export function definePackage(entry: Record<string, string>): Options | Options[] {
  const build = defineConfig({
    entry,
    format: ["esm", "cjs"],
    target: "es2022",
    platform: "neutral",
    // tsup sets `baseUrl` for the declarations, which TypeScript 6 reports as deprecated.
    dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
    sourcemap: true,
    clean: true,
    treeshake: false, // it would write the source map comment of the .cjs files twice
  });
  if (typeof build === "function") throw new Error("bug: expected a plain configuration");
  return build;
}
