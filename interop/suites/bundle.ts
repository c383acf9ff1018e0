/**
 * Bundles the neutral tests of the portable packages, `x.test.ts`, into one classic script that runs in any engine: with
 * vitest's own runner and matchers, without vitest. Modules stay apart in the script, each as a function, because tests load
 * modules again (`vi.resetModules`), and each file of tests gets fresh ones.
 */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { build, type Loader, type Metafile, transform } from "esbuild";
import { root } from "../../tooling/repository.ts";

const portable = ["core", "permessage-deflate", "websocket"];
const folder = "interop/suites/harness";

export interface BundleOptions {
  /** Names of the packages. Default: all that are portable. */
  readonly packages?: readonly string[];
  /** Only files of tests whose text matches. Default: all. */
  readonly about?: RegExp;
  /** Paths of files of tests that take too long in the environment. They are listed as not run. Default: none. */
  readonly tooSlow?: RegExp;
  /**
   * Globals in whose place tests and tools get what the environment's function `hybiLent` returns, when called with whether
   * it is for tests. The code under test does not get them.
   */
  readonly lent?: readonly string[];
  /**
   * Whether the environment lacks the classes of the web platform. Tests then get those that `@hybi/websocket` makes in their
   * place, and a test that uses another one itself is skipped.
   */
  readonly isBare?: boolean;
  /** Globals that a bare environment can give to no test either, beside `lacking`. */
  readonly alsoLacking?: readonly string[];
}

/** Classes that tests get from `harness/own-classes.ts` in a bare environment. */
const made = ["AbortController", "DOMException", "Event", "EventTarget"];

/** Classes that tests cannot have in a bare environment, because nothing stands for them there. */
const lacking = [
  ...["AbortSignal", "Blob", "MessageChannel", "MessageEvent", "Response"],
  ...["ReadableStream", "TransformStream", "WritableStream"],
];
const ownClasses: string = `${folder}/own-classes.ts`;

export interface Suites {
  readonly packages: readonly string[];
  /** Defines `globalThis.hybiSuites`; see `harness/main.ts`. */
  readonly script: string;
  /** Paths of the files of tests, from the root of the repository. */
  readonly files: readonly string[];
  /** Files that no foreign environment can run, with the modules of Node that they import, themselves or through others. */
  readonly needNode: ReadonlyMap<string, readonly string[]>;
  /** Files that take too long in the environment. */
  readonly tooSlow: readonly string[];
}

/** Returns the neutral tests below `folder`. Does not enter linked folders, which lead in circles. */
function neutralFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return /^(node_modules|dist)$/.test(entry.name) ? [] : neutralFiles(path);
    return /(?<!\.(node|deno|bun))\.test\.ts$/.test(entry.name) ? [path] : [];
  });
}

type Inputs = Metafile["inputs"];

/** Returns the modules that `files` need, with their imports as resolved by esbuild. */
async function resolveImports(files: readonly string[]): Promise<Inputs> {
  const entries = [`${folder}/main.ts`, ownClasses, ...files];
  const { metafile } = await build({
    // Dynamic imports, because esbuild drops others of packages without side effects.
    stdin: { contents: entries.map((path) => `import("./${path}");`).join("\n"), resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["@hybi/source"],
    alias: { vitest: join(root, folder, "vitest.ts") },
    external: ["node:*"],
    ignoreAnnotations: true,
    treeShaking: false,
    logLevel: "error",
  });
  const { "<stdin>": _, ...inputs } = metafile.inputs;
  return inputs;
}

/** Returns the modules of Node that `file` imports, itself or through others. */
function nodeModulesOf(file: string, inputs: Inputs): string[] {
  const found = new Set<string>();
  const seen = new Set([file]);
  for (const path of seen) {
    for (const imported of inputs[path]?.imports ?? []) (imported.external ? found : seen).add(imported.path);
  }
  return [...found].sort();
}

/** Formats a module as a property of the table of modules: its function, and what its specifiers mean. */
async function formatModule(path: string, { imports }: Inputs[string], options: BundleOptions): Promise<string> {
  const { code } = await transform(readFileSync(join(root, path), "utf8"), {
    loader: extname(path).slice(1).replace(/^[cm]/, "") as Loader,
    format: "cjs",
    target: "es2022",
    supported: { "dynamic-import": false },
    sourcefile: path,
    logLevel: "error",
  });
  const meanings = Object.fromEntries(imports.map((imported) => [imported.original ?? imported.path, imported.path]));
  const name = path.replace(/[^A-Za-z0-9]/g, "_");
  const borrowed = isPortable(path) ? "" : borrowings(isTest(path), options);
  return `${JSON.stringify(path)}: [function ${name}(module, exports, require) { ${borrowed} {\n${code}\n} }, ${JSON.stringify(meanings)}]`;
}

/** Returns the statements that define globals for a module which the environment does not have. */
function borrowings(forTest: boolean, { lent = [], isBare = false, alsoLacking = [] }: BundleOptions): string {
  const missing = [...lacking, ...alsoLacking];
  const replaced = isBare && forTest ? [...made, ...missing] : [];
  const others = lent.filter((name) => !replaced.includes(name));
  const statements = [
    others.length > 0 && `const { ${others.join(", ")} } = hybiLent(${forTest});`,
    replaced.length > 0 && `const { ${made.join(", ")} } = require(${JSON.stringify(ownClasses)});`,
    replaced.length > 0 && `const { ${missing.join(", ")} } = hybiSuites.lacking;`,
  ];
  return statements.filter(Boolean).join(" ");
}

function isTest(path: string): boolean {
  return path.startsWith("packages/");
}

/** Whether a module is of what users load in the environment, and not a tool or a test. */
function isPortable(path: string): boolean {
  if (path.includes("/pako/")) return true;
  return /^packages\/(core|permessage-deflate|websocket)\/src\//.test(path) && !path.endsWith(".test.ts");
}

export async function bundleSuites(options: BundleOptions = {}): Promise<Suites> {
  const { packages = portable, about, tooSlow } = options;
  const all = packages
    .flatMap((name) => neutralFiles(`packages/${name}`))
    .filter((file) => about === undefined || about.test(readFileSync(join(root, file), "utf8")))
    .sort();
  const inputs = await resolveImports(all);
  const needs = new Map(all.map((file) => [file, nodeModulesOf(file, inputs)]));
  const modules = await Promise.all(Object.entries(inputs).map(([path, input]) => formatModule(path, input, options)));
  const portableFiles = all.filter((file) => needs.get(file)?.length === 0);
  const isTooSlow = (file: string): boolean => tooSlow?.test(file) ?? false;
  const loader = await transform(readFileSync(join(root, folder, "load.ts"), "utf8"), {
    loader: "ts",
    target: "es2022",
  });
  const script = `"use strict";
(() => {
${loader.code.replace("export ", "")}
globalThis.hybiSuites = load({
${modules.join(",\n")}
}, ${JSON.stringify(`${folder}/main.ts`)});
})();
`;
  return {
    packages,
    script,
    files: portableFiles.filter((file) => !isTooSlow(file)),
    tooSlow: portableFiles.filter(isTooSlow),
    needNode: new Map([...needs].filter(([, modules]) => modules.length > 0)),
  };
}
