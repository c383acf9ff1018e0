/** Our own rules for the contents of a tarball, in addition to those of publint and attw. */

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly sideEffects?: boolean;
  readonly engines?: { readonly node?: string };
  readonly exports: Readonly<Record<string, unknown>>;
  /** Files of the commands, by name. */
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export function checkManifest(manifest: Manifest): string[] {
  const findings: string[] = [];
  const { name, license, sideEffects, engines, exports, dependencies = {} } = manifest;
  if (JSON.stringify(exports).includes("@hybi/source")) {
    findings.push("its exports point to the sources: publishConfig.exports is missing or wrong");
  }
  if (license !== "MIT") findings.push("its license is not MIT");
  if (sideEffects !== false) findings.push("`sideEffects` is not false");
  if (engines?.node === undefined) findings.push("`engines.node` is missing");
  for (const [dependency, range] of Object.entries(dependencies)) {
    if (name === "@hybi/core") findings.push(`core depends on ${dependency}`);
    if (range.startsWith("workspace:")) findings.push(`its dependency ${dependency} has the range ${range}`);
  }
  return findings;
}

/** Checks `files`, paths as tar lists them: "package/dist/index.js". */
export function checkTarballFiles(files: readonly string[]): string[] {
  const findings: string[] = [];
  if (!files.includes("package/LICENSE")) findings.push("LICENSE is missing");
  for (const file of files) {
    const expected = /^package\/(dist\/|package\.json$|LICENSE$|README\.md$|CHANGELOG\.md$)/.test(file);
    if (!expected || /\.test\./.test(file)) findings.push(`${file} must not be in the package`);
  }
  return findings;
}
