import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { run } from "../repository.ts";
import { linters } from "./lint.ts";

const files: Record<string, string> = {
  "dist/index.js": "export const one = 1;\n",
  "dist/index.cjs": "exports.one = 1;\n",
  "dist/index.d.ts": "export declare const one: number;\n",
  "dist/index.d.cts": "export declare const one: number;\n",
};
const exports = {
  import: { types: "./dist/index.d.ts", default: "./dist/index.js" },
  require: { types: "./dist/index.d.cts", default: "./dist/index.cjs" },
};

/** Whether the linter accepts a tarball with these files and exports. */
async function accepts(linter: string, content: Record<string, string>, exported: object): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "hybi-lint-"));
  try {
    mkdirSync(join(folder, "package/dist"), { recursive: true });
    const manifest = { name: "planted", version: "1.0.0", type: "module", license: "MIT", files: ["dist"] };
    const all = { ...content, "package.json": JSON.stringify({ ...manifest, exports: { ".": exported } }) };
    for (const [file, text] of Object.entries(all)) writeFileSync(join(folder, "package", file), text);
    await run(["tar", "-czf", "planted.tgz", "package"], { cwd: folder, capture: true });
    const [, command = []] = linters(join(folder, "planted.tgz")).find(([name]) => name === linter) ?? [];
    return (await run(command, { cwd: folder, capture: true })).exitCode === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// attw begins slowly.
vi.setConfig({ testTimeout: 120_000 });

describe("publint", () => {
  it("accepts exports with their files, and no others", async () => {
    expect(await accepts("publint", files, exports)).toBe(true);
    const { "dist/index.cjs": _, ...rest } = files;
    expect(await accepts("publint", rest, exports)).toBe(false);
  });
});

describe("attw", () => {
  it("accepts types of the format of their file, and no others", async () => {
    expect(await accepts("attw", files, exports)).toBe(true);
    const require = { ...exports.require, types: "./dist/index.d.ts" };
    expect(await accepts("attw", files, { ...exports, require })).toBe(false);
  });
});
