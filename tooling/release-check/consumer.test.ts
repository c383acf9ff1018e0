import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../repository.ts";
import { entryPoints, formatConsumer, formatImportAll, runtimesOf } from "./consumer.ts";

describe("entryPoints", () => {
  it("returns all exports of the package except its package.json", () => {
    const exports = { ".": {}, "./frame": {}, "./package.json": "./package.json" };
    expect(entryPoints({ name: "@hybi/core", version: "0.1.0", exports })).toEqual(["@hybi/core", "@hybi/core/frame"]);
  });
});

describe("runtimesOf", () => {
  it("returns its own runtime for an adapter, and all runtimes for other packages", () => {
    expect(runtimesOf("deno").map(({ runtime }) => runtime)).toEqual(["Deno"]);
    expect(runtimesOf("core")).toHaveLength(3);
  });
});

describe("formatConsumer", () => {
  /** Installs a package with the given CommonJS entry points and runs the program of its user. */
  async function consume(entries: Record<string, string>): Promise<{ exitCode: number; output: string }> {
    const folder = mkdtempSync(join(tmpdir(), "hybi-consumer-"));
    try {
      const installed = join(folder, "node_modules/planted");
      mkdirSync(installed, { recursive: true });
      writeFileSync(join(installed, "package.json"), JSON.stringify({ name: "planted" }));
      for (const [file, text] of Object.entries(entries)) writeFileSync(join(installed, file), text);
      const specifiers = Object.keys(entries).map((file) => `planted/${file}`);
      for (const [file, text] of formatConsumer("user", specifiers)) writeFileSync(join(folder, file), text);
      return await run(["node", "user.cjs"], { cwd: folder, capture: true });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it("makes a program that passes when both entry points share a class", async () => {
    const { exitCode, output } = await consume({
      "a.cjs": "exports.Shared = class {}; exports.a = 1;",
      "b.cjs": 'exports.Shared = require("./a.cjs").Shared;',
    });
    expect([exitCode, output]).toEqual([0, "2 names\n"]);
  });

  it("makes a program that fails when each entry point has a copy of the class", async () => {
    const { exitCode, output } = await consume({
      "a.cjs": "exports.Shared = class {};",
      "b.cjs": "exports.Shared = class {};",
    });
    expect(exitCode).toBe(1);
    expect(output).toContain("Shared exists twice");
  });

  it("makes a program that fails when an entry point does not load", async () => {
    const { exitCode } = await consume({ "a.cjs": 'throw new Error("planted");' });
    expect(exitCode).toBe(1);
  });
});

describe("formatImportAll", () => {
  it("makes a program that runs all others", () => {
    expect(formatImportAll(["core", "node"], "cjs").match(/require\("[^"]+"\)/g)).toEqual([
      'require("./core.cjs")',
      'require("./node.cjs")',
    ]);
    expect(formatImportAll(["core"], "mjs")).toContain('await import("./core.mjs")');
  });
});
