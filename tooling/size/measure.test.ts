import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareSizes } from "./compare.ts";
import { measure } from "./measure.ts";

/** A statement that has an effect when it is loaded, and hardly compresses. */
const heavy = `globalThis.x = "${Array.from({ length: 400 }, (_, n) => (n * 2654435761).toString(36)).join("")}";`;

describe("measure", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hybi-size-"));
    const planted = join(folder, "node_modules/planted");
    mkdirSync(planted, { recursive: true });
    const manifest = { name: "planted", version: "1.0.0", type: "module", sideEffects: false, main: "./index.js" };
    writeFileSync(join(planted, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(planted, "index.js"), 'export { a } from "./a.js"; export { b } from "./b.js";');
    writeFileSync(join(planted, "a.js"), "export const a = 1;");
    writeFileSync(join(planted, "b.js"), `${heavy} export const b = 2;`);
    writeFileSync(join(planted, "joined.js"), `export const a = 1; ${heavy} export const b = 2;`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const sizeOf = (code: string) => measure({ name: "planted", code, platform: "browser" }, folder);

  it("does not count modules that nothing is used of, but counts effects in one that is used", async () => {
    const apart = await sizeOf('export { a } from "planted";');
    const joined = await sizeOf('export { a } from "planted/joined.js";');
    for (const bundler of ["esbuild", "vite"] as const) {
      expect(apart[bundler]).toBeLessThan(100);
      expect(joined[bundler]).toBeGreaterThan(1000);
    }
    expect(compareSizes({ planted: joined }, { planted: apart })).toHaveLength(2);
    expect(compareSizes({ planted: apart }, { planted: joined })).toHaveLength(2);
  });

  it("fails when the package cannot be resolved, instead of leaving it out", async () => {
    await expect(sizeOf('export { a } from "missing";')).rejects.toThrow(/missing/);
  });
});
