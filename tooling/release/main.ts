/**
 * `pnpm release 1.2.3`, or `patch`, `minor` or `major`: gives all packages their version and the changelog its section, checks
 * the packages as `pnpm release:check` does, commits and tags. It publishes nothing; it prints the commands that do.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { repositoryUrl, root, run } from "../repository.ts";
import { release } from "./release.ts";

/** Not in the repository. What was checked is here, and can be published. */
const kept = "./.release";

const [requested] = process.argv.slice(2);
if (requested === undefined) {
  console.error("Usage: pnpm release VERSION|patch|minor|major");
  process.exitCode = 1;
} else {
  const result = await release(root, requested, {
    date: new Date().toISOString().slice(0, 10),
    repositoryUrl,
    async check() {
      rmSync(join(root, kept), { recursive: true, force: true });
      return (await run(["pnpm", "release:check", "--keep", kept])).exitCode === 0;
    },
  });
  if (typeof result === "string") {
    console.error(result);
    process.exitCode = 1;
  } else {
    const { version, notes } = result;
    console.log(`
${notes}

hybi ${version} is committed and tagged, and nothing is published. The workflow "release" publishes it, with provenance, when the tag
arrives:

  git push --atomic origin main v${version}

Without the workflow, from this machine:

  npx pnpm exec ${kept}/publish
  git push --atomic origin main v${version}
  gh release create v${version} --notes-from-tag

To take it back instead: git tag --delete v${version} && git reset --hard HEAD~1`);
  }
}
