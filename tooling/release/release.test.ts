import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cutChangelog } from "./changelog.ts";
import { type Release, release } from "./release.ts";
import { nextVersion } from "./version.ts";

const repositoryUrl = "https://example.com/hybi/hybi";

describe("nextVersion", () => {
  it.each([
    ["patch", "1.2.4"],
    ["minor", "1.3.0"],
    ["major", "2.0.0"],
    ["1.2.3", "1.2.3"],
    ["1.10.0", "1.10.0"],
  ])("of 1.2.3, which is not released yet, for %s is %s", (requested, version) => {
    expect(nextVersion("1.2.3", requested, () => false)).toBe(version);
  });

  it.each(["1.2.2", "1.1.9", "0.9.9", "1.3", "v1.3.0", "1.3.0-rc.1", "next", ""])("rejects %j", (requested) => {
    expect(nextVersion("1.2.3", requested, () => false)).toMatch(/^Cannot/);
  });

  it.each([
    ["1.2.3", "1.2.3"],
    ["1.2.4", "1.2.4"],
    ["patch", "1.2.4"],
    ["minor", "1.3.0"],
    ["major", "2.0.0"],
  ])("rejects %j when %s is released", (requested, released) => {
    const refusal = nextVersion("1.2.3", requested, (version) => version === released);
    expect(refusal).toBe(`Cannot release ${released}: the tag v${released} exists.`);
  });
});

describe("cutChangelog", () => {
  const first = "# Changelog\n\nText.\n\n## [Unreleased]\n\n### Added\n\n- A [guide](docs/a.md) and [more](#added).\n";

  it("makes the first version of what is unreleased", () => {
    const cut = cutChangelog(first, { version: "0.1.0", date: "2026-01-02", previous: undefined, repositoryUrl });
    expect(cut?.changelog).toBe(
      [
        "# Changelog\n\nText.\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-02\n\n### Added\n",
        "- A [guide](docs/a.md) and [more](#added).\n",
        `[Unreleased]: ${repositoryUrl}/compare/v0.1.0...HEAD`,
        `[0.1.0]: ${repositoryUrl}/releases/tag/v0.1.0\n`,
      ].join("\n"),
    );
  });

  it("puts later versions above earlier ones", () => {
    const before = cutChangelog(first, { version: "0.1.0", date: "2026-01-02", previous: undefined, repositoryUrl });
    const text = (before?.changelog ?? "").replace("## [Unreleased]\n", "## [Unreleased]\n\n### Fixed\n\n- B.\n");
    const cut = cutChangelog(text, { version: "0.2.0", date: "2026-02-03", previous: "0.1.0", repositoryUrl });
    expect(cut?.notes).toBe("### Fixed\n\n- B.");
    expect(cut?.changelog).toBe(
      [
        "# Changelog\n\nText.\n\n## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n### Fixed\n\n- B.\n",
        "## [0.1.0] - 2026-01-02\n\n### Added\n\n- A [guide](docs/a.md) and [more](#added).\n",
        `[Unreleased]: ${repositoryUrl}/compare/v0.2.0...HEAD`,
        `[0.2.0]: ${repositoryUrl}/compare/v0.1.0...v0.2.0`,
        `[0.1.0]: ${repositoryUrl}/releases/tag/v0.1.0\n`,
      ].join("\n"),
    );
  });

  it("gives notes whose links lead to the files of that version", () => {
    const cut = cutChangelog(first, { version: "0.1.0", date: "2026-01-02", previous: undefined, repositoryUrl });
    expect(cut?.notes).toContain(`[guide](${repositoryUrl}/blob/v0.1.0/docs/a.md) and [more](#added)`);
  });

  it.each([
    "# Changelog\n",
    "# Changelog\n\n## [Unreleased]\n",
    "## [Unreleased]\n\n## [0.1.0] - 2026-01-02\n\n- A.\n",
  ])("returns undefined when nothing is unreleased: %j", (text) => {
    expect(cutChangelog(text, { version: "0.2.0", date: "2026-02-03", previous: "0.1.0", repositoryUrl })).toBe(
      undefined,
    );
  });
});

describe("release", () => {
  let folder = "";
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const commit = (): void => {
    git("add", ".");
    git("commit", "--quiet", "--message", "change");
  };
  const make = (requested: string, isGood = true): Promise<Release | string> =>
    release(folder, requested, { date: "2026-01-02", repositoryUrl, check: async () => isGood });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hybi-release-test-"));
    mkdirSync(join(folder, "packages/core"), { recursive: true });
    mkdirSync(join(folder, "packages/deno"), { recursive: true });
    writeFileSync(
      join(folder, "packages/core/package.json"),
      '{ "version": "0.1.0", "dependencies": { "a": "0.1.0" } }\n',
    );
    writeFileSync(join(folder, "packages/deno/package.json"), '{ "version": "0.1.0" }\n');
    const jsr = '{ "version": "0.1.0", "imports": { "@hybi/core": "jsr:@hybi/core@^0.1.0", "a": "npm:a@^0.1.0" } }\n';
    writeFileSync(join(folder, "packages/deno/jsr.json"), jsr);
    writeFileSync(join(folder, "CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A.\n");
    git("init", "--quiet", "--initial-branch=main");
    git("config", "user.name", "Test");
    git("config", "user.email", "test@example.com");
    git("config", "commit.gpgsign", "false");
    git("config", "tag.gpgsign", "false");
    commit();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("sets all versions, cuts the changelog, commits and tags with the notes", async () => {
    expect(await make("minor")).toEqual({ version: "0.2.0", notes: "### Added\n\n- A." });
    expect(read("packages/core/package.json")).toBe('{ "version": "0.2.0", "dependencies": { "a": "0.1.0" } }\n');
    expect(read("packages/deno/package.json")).toBe('{ "version": "0.2.0" }\n');
    expect(read("packages/deno/jsr.json")).toBe(
      '{ "version": "0.2.0", "imports": { "@hybi/core": "jsr:@hybi/core@^0.2.0", "a": "npm:a@^0.1.0" } }\n',
    );
    expect(read("CHANGELOG.md")).toContain("## [0.2.0] - 2026-01-02\n\n### Added\n\n- A.\n");
    expect(git("status", "--porcelain")).toBe("");
    expect(git("log", "-1", "--format=%s")).toBe("release: 0.2.0");
    expect(git("tag", "--list", "--points-at=HEAD", "--format=%(contents)")).toBe("hybi 0.2.0\n\n### Added\n\n- A.");
  });

  it("refuses a second release without a change, and compares with the first when there is one", async () => {
    await make("0.1.0");
    expect(await make("patch")).toMatch(/nothing stands under/);
    writeFileSync(
      join(folder, "CHANGELOG.md"),
      read("CHANGELOG.md").replace("[Unreleased]\n", "[Unreleased]\n\n- B.\n"),
    );
    commit();
    expect(await make("0.1.0")).toMatch(/the tag v0\.1\.0 exists/);
    expect(await make("patch")).toEqual({ version: "0.1.1", notes: "- B." });
    expect(read("CHANGELOG.md")).toContain(`[0.1.1]: ${repositoryUrl}/compare/v0.1.0...v0.1.1\n`);
  });

  it("refuses uncommitted changes, another branch, and a repository that the packages do not name", async () => {
    writeFileSync(join(folder, "new.txt"), "");
    expect(await make("patch")).toMatch(/uncommitted/);
    commit();
    git("remote", "add", "origin", "git@example.com:somebody/hybi.git");
    expect(await make("patch")).toMatch(/Cannot release from git@example\.com:somebody/);
    git("remote", "set-url", "origin", "git@example.com:hybi/hybi.git");
    git("checkout", "--quiet", "-b", "other");
    expect(await make("patch")).toMatch(/branch "other"/);
    git("checkout", "--quiet", "main");
    expect(await make("patch")).toMatchObject({ version: "0.1.1" });
  });

  it("neither commits nor tags when the check fails", async () => {
    const before = git("rev-parse", "HEAD");
    expect(await make("patch", false)).toMatch(/check failed/);
    expect([git("rev-parse", "HEAD"), git("tag", "--list")]).toEqual([before, ""]);
  });
});
