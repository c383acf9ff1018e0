/** The address of the repository stands in every manifest, and in links. The root's package.json decides. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../repository.ts";

/**
 * Replaces the address that core's manifest names by `url`, in all files of the repository in `folder` that contain it. Returns
 * a sentence if that manifest names none.
 */
export async function replaceRepositoryUrl(folder: string, url: string): Promise<string | undefined> {
  const manifest = "packages/core/package.json";
  const { repository } = JSON.parse(readFileSync(join(folder, manifest), "utf8"));
  const old: string = (repository?.url ?? "").replace(/^git\+|\.git$/g, "");
  if (old === "") return `${manifest} has no \`repository.url\`, the address to replace: write it there first.`;
  if (old === url) return undefined;
  const search = ["git", "grep", "--files-with-matches", "--fixed-strings", old];
  const { output } = await run(search, { cwd: folder, capture: true });
  for (const file of output.trim().split("\n")) {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(old, url));
  }
  return undefined;
}
