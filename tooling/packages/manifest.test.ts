import { describe, expect, it } from "vitest";
import { checkManifest, checkTarballFiles, type Manifest } from "./manifest.ts";

const manifest: Manifest = {
  name: "@hybi/node",
  version: "0.1.0",
  license: "MIT",
  sideEffects: false,
  engines: { node: ">=20" },
  exports: { ".": { import: "./dist/index.js" }, "./frame": {}, "./package.json": "./package.json" },
  dependencies: { "@hybi/core": "^0.1.0" },
};

describe("checkManifest", () => {
  it("accepts a correct manifest", () => {
    expect(checkManifest(manifest)).toEqual([]);
  });

  it.each<[string, Partial<Manifest>, RegExp]>([
    ["exports that point to the sources", { exports: { ".": { "@hybi/source": "./src/index.ts" } } }, /sources/],
    ["another license", { license: "UNLICENSED" }, /MIT/],
    ["side effects", { sideEffects: true }, /sideEffects/],
    ["an unknown engine", { engines: {} }, /engines/],
    ["a workspace range", { dependencies: { "@hybi/core": "workspace:^" } }, /workspace:/],
    ["a dependency of core", { name: "@hybi/core" }, /core depends on @hybi\/core/],
  ])("rejects %s", (_, change, finding) => {
    expect(checkManifest({ ...manifest, ...change }).join()).toMatch(finding);
  });
});

describe("checkTarballFiles", () => {
  it("accepts built files", () => {
    expect(checkTarballFiles(["package/LICENSE", "package/package.json", "package/dist/index.js"])).toEqual([]);
  });

  it("rejects sources, tests and a missing license", () => {
    const files = ["package/package.json", "package/src/index.ts", "package/dist/mask.test.js"];
    expect(checkTarballFiles(files)).toEqual([
      "LICENSE is missing",
      "package/src/index.ts must not be in the package",
      "package/dist/mask.test.js must not be in the package",
    ]);
  });
});
