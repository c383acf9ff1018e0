/**
 * `pnpm check:peers` fails when a program about which our documents say something is installed here in another version than that for
 * which this was checked, or when a document names another version. Programs of the system that are missing are named.
 * `--newest` also asks npm whether there is a newer version. After the claims are checked again: `peers.json`, and `pnpm check:docs --write`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { conclude, filesBelow, packageFolders, root, run } from "../repository.ts";
import { beginsWith, checkDocument, peers, versionsInUse } from "./peers.ts";

const findings: string[] = [];
for (const peer of peers) {
  const { name, version } = peer;
  const used = await versionsInUse(peer);
  console.log(`${name.padEnd(18)}${version.padEnd(15)}${used?.join(", ") ?? "not installed here"}`);
  for (const other of used ?? []) {
    if (!beginsWith(other, version)) findings.push(`${name} ${version} was checked, but ${other} is in use`);
  }
  if (used?.length === 0) findings.push(`${name} is not in the lockfile`);
  if (peer.package !== undefined && process.argv.includes("--newest")) {
    const { output } = await run(["npm", "view", peer.package.replace(/-\d+$/, ""), "version"], { capture: true });
    if (output.trim() !== version) findings.push(`${name} ${version} was checked, but npm has ${output.trim()}`);
  }
}

const isDocument = (path: string): boolean => path.endsWith(".md");
const documents = [
  "README.md",
  ...filesBelow("docs", isDocument),
  ...filesBelow("examples", isDocument),
  ...packageFolders().flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter(isDocument)
      .map((name) => `${folder}/${name}`),
  ),
];
for (const document of documents) {
  const text = readFileSync(join(root, document), "utf8");
  // Advisories name the versions that they are about.
  const own = document === "docs/design/vulnerabilities.md" ? text.replaceAll(/^(?!.*, measured\.).*$/gm, "") : text;
  findings.push(...checkDocument(document, own, peers));
}
conclude(
  "peers",
  findings,
  `${peers.length} programs in the versions that were checked, and named so by ${documents.length} documents`,
);
