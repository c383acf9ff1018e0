/** The programs of others about which our documents say something, and the version of each for which that was checked. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../repository.ts";

export interface Peer {
  /** As documents write it before its version. */
  readonly name: string;
  /** The version that was checked, or the part of it that documents may name. */
  readonly version: string;
  /** The day on which that was done; absent for what has only been read. */
  readonly checked?: string;
  /** Markdown: what checks it. */
  readonly how: string;
  /** Its name in the lockfile, if it comes from npm. */
  readonly package?: string;
  /** A file with its version, and the pattern that finds it. */
  readonly file?: string;
  readonly pattern?: string;
  /** A command that prints its version, if the system has it. */
  readonly program?: readonly string[];
}

export const peers: readonly Peer[] = JSON.parse(readFileSync(join(root, "tooling/peers/peers.json"), "utf8"));

/** Whether `version` is `wanted`, or one that begins with it: 8.23.0 and 8.23 do with 8.23. */
export function beginsWith(version: string, wanted: string): boolean {
  return version === wanted || version.startsWith(`${wanted}.`);
}

/** Returns the versions of a direct dependency in pnpm's lockfile, each once. */
export function versionsInLockfile(lockfile: string, name: string): string[] {
  const importers = lockfile.slice(0, lockfile.search(/^packages:/m));
  const entries = importers.matchAll(/^ {6}'?([^\s']+)'?:\n {8}specifier: .*\n {8}version: (.*)$/gm);
  const versions = [...entries].filter(([, dependency]) => dependency === name).map(([, , version = ""]) => version);
  // An alias is written with the name of the package, and a package with peers is followed by these.
  return [...new Set(versions.map((version) => version.replace(/\(.*/, "").replace(/^.+@/, "")))];
}

/** Returns the versions of a peer that are in use here; undefined if it is not installed, or never is. */
export async function versionsInUse(peer: Peer): Promise<readonly string[] | undefined> {
  const read = (file: string): string => readFileSync(join(root, file), "utf8");
  if (peer.package !== undefined) return versionsInLockfile(read("pnpm-lock.yaml"), peer.package);
  if (peer.file !== undefined) return [new RegExp(peer.pattern ?? "").exec(read(peer.file))?.[1] ?? "none"];
  if (peer.program === undefined) return undefined;
  const { output } = await run(peer.program, { capture: true }).catch(() => ({ output: "" }));
  const version = /\d+(\.\d+)+/.exec(output)?.[0];
  return version === undefined ? undefined : [version];
}

/** Returns what is wrong with the versions that a document names: they must be those that were checked. */
export function checkDocument(document: string, markdown: string, checked: readonly Peer[]): string[] {
  return markdown
    .split("\n")
    .flatMap((text, index) =>
      checked.flatMap(({ name, version }) =>
        [...text.matchAll(new RegExp(`(?<![\\w/-])${name} v?(\\d+(?:\\.\\d+)*)`, "g"))]
          .filter(([, named = ""]) => !beginsWith(version, named))
          .map(([mention]) => `${document}:${index + 1} names ${mention}, but what was checked is ${name} ${version}`),
      ),
    );
}

/** Returns the page for readers. */
export function formatPeersPage(checked: readonly Peer[]): string {
  const rows = checked.map(({ name, version, checked = "—", how }) => `| ${name} | ${version} | ${checked} | ${how} |`);
  return `# Versions of others

<!-- Written by \`pnpm check:docs --write\` from tooling/peers/peers.json. -->

What README.md and the other documents say about programs of others was checked with these versions. \`pnpm check:peers\` fails when another
version is installed here, or a document names another; \`--newest\` asks npm whether there is a newer one. What [advisories and reports](../design/vulnerabilities.md) say stands
there with the versions that they name.

| Program | Version | Checked | How |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}
