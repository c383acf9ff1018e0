import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, run } from "../repository.ts";
import { jsrFolders, jsrOf, stageJsr, staleJsr, writeJsr } from "./jsr.ts";

describe("jsrOf", () => {
  it("exports sources, and names dependencies with the ranges of package.json", () => {
    const manifest = {
      name: "@hybi/testing",
      version: "1.2.3",
      license: "MIT",
      exports: { ".": { "@hybi/source": "./src/index.ts", import: {} }, "./package.json": "./package.json" },
      dependencies: { "@hybi/core": "workspace:^", pako: "^3.0.3" },
      peerDependencies: { "fast-check": "^4.0.0" },
    };
    expect(jsrOf(manifest)).toMatchObject({
      name: "@hybi/testing",
      version: "1.2.3",
      license: "MIT",
      exports: { ".": "./src/index.ts" },
      imports: {
        "@hybi/core": "jsr:@hybi/core@^1.2.3",
        pako: "npm:pako@^3.0.3",
        "fast-check": "npm:fast-check@^4.0.0",
      },
    });
  });
});

describe("every jsr.json", () => {
  it("follows from its package.json", () => expect(staleJsr(root)).toEqual([]));

  it("is found when it does not, and written", () => {
    const folder = mkdtempSync(join(tmpdir(), "hybi-jsr-"));
    try {
      for (const own of jsrFolders) {
        mkdirSync(join(folder, own), { recursive: true });
        for (const file of ["package.json", "jsr.json"]) cpSync(join(root, own, file), join(folder, own, file));
      }
      writeFileSync(join(folder, "packages/deno/jsr.json"), "{}");
      expect(staleJsr(folder)).toEqual([expect.stringMatching(/^packages\/deno\/jsr\.json does not follow/)]);
      writeJsr(folder);
      expect(staleJsr(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a workspace for JSR", () => {
  /** Publishes a package of one module, without doing it. */
  async function rehearse(source: string): Promise<{ exitCode: number; output: string }> {
    const folder = mkdtempSync(join(tmpdir(), "hybi-jsr-"));
    try {
      mkdirSync(join(folder, "src"));
      writeFileSync(join(folder, "src/index.ts"), source);
      const manifest = { name: "@hybi/planted", version: "1.0.0", license: "MIT" };
      writeFileSync(join(folder, "jsr.json"), JSON.stringify({ ...manifest, exports: "./src/index.ts" }));
      return await run(["deno", "publish", "--dry-run", "--allow-dirty"], { cwd: folder, capture: true });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it("is accepted by the dry run when all types are explicit", async () => {
    const { exitCode, output } = await rehearse("export function one(): number { return 1; }\n");
    expect(exitCode, output).toBe(0);
  });

  it("is rejected by the dry run for slow types", async () => {
    const { exitCode, output } = await rehearse("export function one() { return Math.max(1, 2); }\n");
    expect(exitCode).not.toBe(0);
    expect(output).toContain("missing-explicit-return-type");
  });

  it("has the sources of each package, without tests", () => {
    const folder = mkdtempSync(join(tmpdir(), "hybi-jsr-"));
    try {
      stageJsr(root, folder);
      const has = (path: string) => existsSync(join(folder, "packages/core", path));
      expect(
        ["LICENSE", "README.md", "jsr.json", "src/index.ts", "src/frame/mask.ts"].filter((path) => !has(path)),
      ).toEqual([]);
      expect(has("src/frame/mask.test.ts")).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
