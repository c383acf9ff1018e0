/** Makes a release of the repository in a folder: versions, changelog, a commit and a tag. Publishes nothing. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cutChangelog } from "./changelog.ts";
import { nextVersion } from "./version.ts";

interface Surroundings {
  /** The date of the release, as YYYY-MM-DD. */
  readonly date: string;
  readonly repositoryUrl: string;
  /** Whether the packages can be published, with the new versions. */
  readonly check: () => Promise<boolean>;
}

export interface Release {
  readonly version: string;
  /** The section of the changelog. */
  readonly notes: string;
}

/** Returns the release, or a sentence that says why there is none. */
export async function release(
  folder: string,
  requested: string,
  { date, repositoryUrl, check }: Surroundings,
): Promise<Release | string> {
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
  if (git("status", "--porcelain") !== "") return "Cannot release uncommitted changes: commit them, or take them back.";
  const branch = git("branch", "--show-current");
  if (branch !== "main") return `Cannot release the branch "${branch}": check out main.`;
  const remotes = git("remote").split("\n");
  const origin = remotes.includes("origin") ? git("remote", "get-url", "origin") : repositoryUrl;
  if (placeOf(origin) !== placeOf(repositoryUrl)) {
    return `Cannot release from ${origin}, because the packages name ${repositoryUrl}: change \`repository\` in package.json and run \`pnpm release:check --write\`.`;
  }

  const files = versionedFiles(folder);
  const current: string = JSON.parse(readFileSync(join(folder, "packages/core/package.json"), "utf8")).version;
  const tags = git("tag", "--list", "v*", "--sort=-version:refname").split("\n");
  const version = nextVersion(current, requested, (one) => tags.includes(`v${one}`));
  if (version.startsWith("Cannot")) return version;
  const changelogFile = join(folder, "CHANGELOG.md");
  const previous = tags[0] === "" ? undefined : tags[0]?.slice(1);
  const cut = cutChangelog(readFileSync(changelogFile, "utf8"), { version, date, previous, repositoryUrl });
  if (cut === undefined) return 'Cannot release: nothing stands under "Unreleased" in CHANGELOG.md.';

  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    writeFileSync(join(folder, file), withVersion(text, current, version));
  }
  writeFileSync(changelogFile, cut.changelog);
  if (!(await check())) return "Not released: the check failed. `git checkout .` takes the new versions back.";

  git("commit", "--quiet", "--message", `release: ${version}`, "--", "CHANGELOG.md", ...files);
  // Lines of the notes that begin with # are headings and no comments.
  git(
    "tag",
    "--annotate",
    "--cleanup=whitespace",
    `v${version}`,
    "--message",
    `hybi ${version}`,
    "--message",
    cut.notes,
  );
  return { version, notes: cut.notes };
}

/** The manifests of the published packages, which share one version. */
function versionedFiles(folder: string): string[] {
  return readdirSync(join(folder, "packages"))
    .flatMap((name) => [`packages/${name}/package.json`, `packages/${name}/jsr.json`])
    .filter((file) => existsSync(join(folder, file)));
}

/** Replaces the version of the package, and in `jsr.json` those of our packages that it depends on. */
function withVersion(manifest: string, current: string, version: string): string {
  const old = current.replaceAll(".", "\\.");
  return manifest
    .replace(new RegExp(`("version": )"${old}"`), `$1"${version}"`)
    .replaceAll(new RegExp(`("jsr:@hybi/[\\w-]+@\\^)${old}"`, "g"), `$1${version}"`);
}

/** Returns "github.com/hybi/hybi" for each form of the address of a repository. */
function placeOf(url: string): string {
  return url
    .replace(/^(git\+)?(https|ssh):\/\/(git@)?|^git@/, "")
    .replace(":", "/")
    .replace(/\.git$/, "")
    .toLowerCase();
}
