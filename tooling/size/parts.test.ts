import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measureParts, replaceParts, shown } from "./parts.ts";

const page = (text: string) =>
  `a\n<!-- begin: parts, written by \`pnpm check:docs --write\` from tooling/size/parts.json -->${text}<!-- end: parts -->\nz`;

const budgets = Object.fromEntries(shown.map((name, at) => [name, { esbuild: 1000 * (at + 1), vite: 1 }]));

describe("replaceParts", () => {
  it("writes a row for each part, and sums", () => {
    const parts = { "`Connection`": { "core/frame": 7277, "core/sending": 13_212 } };
    const table = replaceParts(page("old"), parts, budgets);
    expect(table).toMatch(/^\| `core\/frame`: .* \| – \| 7\.3( \| –)+ \|$/m);
    expect(table).toMatch(/^\| All \| 0\.0 \| 20\.5( \| 0\.0)+ \|$/m);
    expect(table).toMatch(/^\| All, gzipped \| 1\.0 \| 2\.0 \| 3\.0 \| 4\.0 \|/m);
    expect(table).not.toContain("old");
  });

  it("throws for a page without marks, and for a part that the table does not explain", () => {
    expect(() => replaceParts("a page", {}, budgets)).toThrow("marks");
    expect(() => replaceParts(page(""), { "`Connection`": { "core/new": 1 } }, budgets)).toThrow("core/new");
  });
});

describe("measureParts", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hybi-parts-"));
    const modules = join(folder, "packages/core/dist/modules");
    mkdirSync(join(modules, "frame"), { recursive: true });
    mkdirSync(join(modules, "sending"), { recursive: true });
    writeFileSync(join(modules, "frame/a.js"), 'export const a = () => globalThis.sent("frame");');
    writeFileSync(join(modules, "frame/b.js"), 'export const b = () => globalThis.sent("frame");');
    writeFileSync(join(modules, "sending/unused.js"), "export const unused = () => 1;");
    writeFileSync(join(modules, "connection-sink.js"), "export const sink = () => globalThis.sink();");
    writeFileSync(
      join(modules, "index.js"),
      'export * from "./frame/a.js"; export * from "./frame/b.js"; export * from "./sending/unused.js"; export * from "./connection-sink.js";',
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("adds up the modules of a folder, and leaves out what the bundle has nothing of", async () => {
    const code = 'export { a, b, sink } from "./packages/core/dist/modules/index.js";';
    const parts = await measureParts({ name: "planted", code, platform: "browser" }, folder);
    expect(Object.keys(parts).sort()).toEqual(["core/connection", "core/frame"]);
    expect(parts["core/frame"]).toBeGreaterThan(60);
  });
});
