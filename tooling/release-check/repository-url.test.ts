import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replaceRepositoryUrl } from "./repository-url.ts";

describe("replaceRepositoryUrl", () => {
  let folder = "";
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const plant = (manifest: object): void => {
    mkdirSync(join(folder, "packages/core"), { recursive: true });
    writeFileSync(join(folder, "packages/core/package.json"), JSON.stringify(manifest));
    writeFileSync(join(folder, "README.md"), "[Guide](https://example.com/old/blob/main/guide.md)\n");
    execFileSync("git", ["init", "--quiet"], { cwd: folder });
    execFileSync("git", ["add", "."], { cwd: folder });
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hybi-url-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("replaces the address in manifests and links", async () => {
    plant({ repository: { url: "git+https://example.com/old.git" } });
    expect(await replaceRepositoryUrl(folder, "https://example.com/new")).toBe(undefined);
    expect(read("packages/core/package.json")).toBe('{"repository":{"url":"git+https://example.com/new.git"}}');
    expect(read("README.md")).toBe("[Guide](https://example.com/new/blob/main/guide.md)\n");
  });

  it.each([{}, { repository: { url: "" } }])(
    "refuses a manifest without address, and changes nothing: %j",
    async (manifest) => {
      plant(manifest);
      expect(await replaceRepositoryUrl(folder, "https://example.com/new")).toMatch(/has no `repository\.url`/);
      expect(read("README.md")).toBe("[Guide](https://example.com/old/blob/main/guide.md)\n");
    },
  );
});
