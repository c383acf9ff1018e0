/** Our own rules for the contents of a tarball, in addition to those of publint and attw. */
import { isBuiltin } from "node:module";
import { posix } from "node:path";

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string;
  readonly keywords?: readonly string[];
  readonly homepage?: string;
  readonly repository?: { readonly type: string; readonly url: string; readonly directory?: string };
  readonly bugs?: { readonly url: string };
  readonly sideEffects?: boolean;
  readonly engines?: { readonly node?: string };
  readonly exports: Readonly<Record<string, unknown>>;
  /** Files of the commands, by name. */
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Checks the manifest of the package in `folder` ("packages/core"), whose repository is at `repositoryUrl`. */
export function checkManifest(manifest: Manifest, folder: string, repositoryUrl: string): string[] {
  const findings: string[] = [];
  const { name, license, sideEffects, engines, exports, dependencies = {}, peerDependencies = {} } = manifest;
  if (JSON.stringify(exports).includes("@hybi/source")) {
    findings.push("its exports point to the sources: publishConfig.exports is missing or wrong");
  }
  if (license !== "MIT") findings.push("its license is not MIT");
  if (sideEffects !== false) findings.push("`sideEffects` is not false");
  if (engines?.node === undefined) findings.push("`engines.node` is missing");
  if (manifest.author === undefined) findings.push("`author` is missing");
  if ((manifest.keywords ?? []).length === 0) findings.push("`keywords` are missing");
  // The registry refuses provenance for a package whose repository is not the one that publishes it.
  const { repository, homepage, bugs } = manifest;
  if (repository?.url !== `git+${repositoryUrl}.git`) findings.push("`repository.url` is not that of the root");
  if (repository?.directory !== folder) findings.push(`\`repository.directory\` is not ${folder}`);
  if (homepage !== `${repositoryUrl}/tree/main/${folder}#readme`) findings.push("`homepage` is not its folder");
  if (bugs?.url !== `${repositoryUrl}/issues`) findings.push("`bugs.url` is not that of the repository");
  for (const [dependency, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
    if (name === "@hybi/core") findings.push(`core depends on ${dependency}`);
    if (range.startsWith("workspace:")) findings.push(`its dependency ${dependency} has the range ${range}`);
    // An exact version would be installed a second time beside the version that an application has already.
    else if (!range.startsWith("^")) findings.push(`its dependency ${dependency} has the range ${range}, without ^`);
  }
  return findings;
}

/** Checks `files`, paths as tar lists them: "package/dist/index.js". */
export function checkTarballFiles(files: readonly string[]): string[] {
  const findings: string[] = [];
  for (const file of ["LICENSE", "README.md"]) {
    if (!files.includes(`package/${file}`)) findings.push(`${file} is missing`);
  }
  for (const file of files) {
    const expected = /^package\/(dist\/|package\.json$|LICENSE$|README\.md$|CHANGELOG\.md$)/.test(file);
    if (!expected || /\.test\./.test(file)) findings.push(`${file} must not be in the package`);
  }
  return findings;
}

/**
 * Returns a finding for each module, or declaration of one, that nothing leads to: neither the manifest nor a file that it leads to.
 * `textOf` has the text of each built file by its path in the package: "dist/index.js".
 */
export function unreachableModules(manifest: object, textOf: ReadonlyMap<string, string>): string[] {
  const named = [...JSON.stringify(manifest).matchAll(/"\.\/([^"]+)"/g)].map(([, path = ""]) => path);
  const reached = new Set(named);
  for (const path of reached) {
    // A declaration names the module of another one: "./frame.js" is that of frame.d.ts.
    const isDeclaration = /\.d\.c?ts$/.test(path);
    for (const [, specifier = ""] of (textOf.get(path) ?? "").matchAll(ownImports)) {
      const target = posix.join(posix.dirname(path), specifier);
      // The set grows while the loop goes through it.
      reached.add(isDeclaration ? target.replace(/\.(c?)js$/, ".d.$1ts") : target);
    }
  }
  return [...textOf.keys()].filter((path) => !reached.has(path)).map((path) => `nothing leads to its file ${path}`);
}

const ownImports = /(?:\bfrom|\bimport|\b(?:import|require)\()\s*["'](\.[^"']+)["']/g;

const imports =
  /\bfrom\s+["']([^"'.][^"']*)["']|\b(?:import|require)\(["']([^"'.][^"']*)["']\)|^import\s+["']([^"'.][^"']*)["']/gm;

/**
 * Returns a finding for each package that the built files import without a dependency on it. In this repository it would
 * be found all the same, and in a project with several of our packages as well.
 */
export function undeclaredImports(manifest: Manifest, builtFiles: readonly string[]): string[] {
  const declared = [manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })];
  const imported = builtFiles
    // Without the lines of docstrings, which have examples.
    .flatMap((text) =>
      [...text.replaceAll(/^\s*\*.*$/gm, "").matchAll(imports)].map(([, a, b, c]) => a ?? b ?? c ?? ""),
    )
    .filter((specifier) => !isBuiltin(specifier))
    .map((specifier) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/"));
  return [...new Set(imported)]
    .filter((name) => !declared.includes(name))
    .map((name) => `its files import ${name}, which is not among its dependencies`);
}
