import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copiesIn } from "./copies.ts";

const both = { import: "./dist/index.js", require: "./dist/index.cjs" };

const oneCopy = { module: "./dist/modules/index.js", ...both };

describe("copiesIn", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hybi-copies-"));
    for (const [name, exports] of Object.entries({ two: both, "@scoped/one": oneCopy })) {
      const planted = join(folder, "node_modules", name);
      mkdirSync(join(planted, "dist/modules"), { recursive: true });
      writeFileSync(
        join(planted, "package.json"),
        JSON.stringify({ name, type: "module", exports: { ".": exports, "./part": exports } }),
      );
      for (const file of ["index.js", "modules/index.js"])
        writeFileSync(join(planted, "dist", file), "export const a = 1;");
      writeFileSync(join(planted, "dist/index.cjs"), "exports.a = 1;");
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("finds the second copy, and none where the condition `module` comes first", async () => {
    expect(await copiesIn("two", folder)).toEqual(["CommonJS", "joined files"]);
    expect(await copiesIn("@scoped/one/part", folder)).toEqual(["modules"]);
  });
});
