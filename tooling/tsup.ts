/** The build of every published package: each entry point as ESM, as CommonJS and with declarations. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import type { Options } from "tsup";

const binaries = fileURLToPath(new URL("../node_modules/.bin", import.meta.url));

/** Which entry points have declarations of their own, and the types of runtimes that they need. */
interface Declarations {
  readonly entry?: Readonly<Record<string, string>>;
  readonly types?: readonly string[];
}

/** `commands` are programs: nothing imports them, so they have neither CommonJS nor declarations. */
export function definePackage(
  entry: Record<string, string>,
  commands: Record<string, string> = {},
  declarations: Declarations = {},
): (given: Options) => Options {
  return ({ dts }) => ({
    entry: { ...entry, ...commands },
    format: ["esm", "cjs"],
    target: "es2022",
    platform: "neutral",
    // False with `--no-dts`.
    dts: dts === false ? false : bundledDeclarations({ entry, ...declarations }),
    sourcemap: true,
    clean: true,
    // Not every runtime and bundler knows the modules of Node without their prefix.
    removeNodeProtocol: false,
    external: [/^node:/],
    treeshake: false, // it duplicates the source map comment of the .cjs files
    onSuccess: async () => {
      for (const name of Object.keys(commands))
        for (const extension of [".cjs", ".cjs.map"]) await rm(`dist/${name}${extension}`);
      await convertToCommonJs("dist", Object.keys(commands));
      const modules = await exportedModules(Object.values(entry), "dist/modules");
      if (modules.length > 0) await buildModules(modules, "dist/modules");
    },
  });
}

/**
 * Returns tsup's settings for the declarations of `entry`: it bundles those that the native compiler has written. From the sources
 * it would need the compiler in JavaScript, which takes six times as long for them.
 */
function bundledDeclarations({ entry = {}, types }: Declarations): Exclude<Options["dts"], undefined> {
  const folder = mkdtempSync(join(tmpdir(), "hybi-declarations-"));
  process.once("exit", () => rmSync(folder, { recursive: true }));
  const emitted = { noEmit: false, emitDeclarationOnly: true, typeRoots: [join(binaries, "../@types")] };
  const settings = {
    extends: resolve("tsconfig.json"),
    files: Object.values(entry).map((path) => resolve(path)),
    include: [],
    compilerOptions: { ...emitted, rootDir: resolve(".."), outDir: folder, types },
  };
  const project = join(folder, "tsconfig.json");
  writeFileSync(project, JSON.stringify(settings));
  execFileSync(join(binaries, "tsc"), ["--project", project], { stdio: "inherit" });
  const declarations = Object.entries(entry).map(([name, path]) => {
    return [name, join(folder, basename(resolve()), path.replace(/\.ts$/, ".d.ts"))];
  });
  // tsup sets `baseUrl`, which TypeScript 6 reports as deprecated.
  return { entry: Object.fromEntries(declarations), compilerOptions: { ignoreDeprecations: "6.0" } };
}

/**
 * Replaces tsup's CommonJS files by conversions of the ES modules. tsup gives each CommonJS entry point its own copy of
 * shared code, so that `error instanceof UsageError` fails between them; and where it can split shared code, it rewrites
 * class fields to slower code.
 */
async function convertToCommonJs(folder: string, commands: readonly string[]): Promise<void> {
  const built = (await readdir(folder)).filter((name) => name.endsWith(".js"));
  const files = built.filter((name) => !commands.includes(name.slice(0, -".js".length)));
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

/** Returns the entry points of which the manifest exports the module in `folder`. */
async function exportedModules(entryPoints: readonly string[], folder: string): Promise<string[]> {
  const manifest = await readFile("package.json", "utf8");
  return entryPoints.filter((path) => {
    const module = path.replace(/^src/, folder).replace(/\.ts$/, ".js");
    return manifest.includes(`"./${module}"`);
  });
}

/**
 * Writes each module that the entry points need as a file of its own, for bundlers: they drop whole modules that nothing is used
 * of (`sideEffects: false`), but keep each statement of a joined file that might have an effect. They choose these by the condition
 * `module`, which no runtime sets, also where they bundle for Node. Node, Deno and Bun load the joined files (the condition `node`),
 * because 220 small ones cost a program that imports `@hybi/node` twice the time until it runs.
 */
async function buildModules(entryPoints: readonly string[], outdir: string): Promise<void> {
  const shared = { bundle: true, format: "esm", target: "es2022", platform: "neutral", packages: "external" } as const;
  const { metafile } = await build({ ...shared, entryPoints: [...entryPoints], outdir, metafile: true, write: false });
  await build({
    ...shared,
    entryPoints: [...Object.keys(metafile.inputs), ...(await replacements(outdir))],
    outbase: "src",
    outdir,
    sourcemap: true,
    plugins: [keepImports],
  });
}

/** Returns the modules that bundles for browsers have in place of others, by the field `browser` of the manifest. */
async function replacements(outdir: string): Promise<string[]> {
  const { browser = {} } = JSON.parse(await readFile("package.json", "utf8")) as { browser?: Record<string, string> };
  const built = [...new Set(Object.values(browser))];
  return built.map((path) => path.replace(`./${outdir}`, "src").replace(/\.js$/, ".ts"));
}

/** Leaves imports of other modules as they are, except that they name the built file. */
const keepImports: Plugin = {
  name: "keep-imports",
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ kind, path }) => {
      if (kind === "entry-point") return undefined;
      return { path: path.replace(/\.ts$/, ".js"), external: true };
    });
  },
};
