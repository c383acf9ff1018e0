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
  it("accepts a manifest as it should be", () => {
    expect(checkManifest(manifest)).toEqual([]);
  });

  it.each<[string, Partial<Manifest>, RegExp]>([
    ["exports that lead to the sources", { exports: { ".": { "@hybi/source": "./src/index.ts" } } }, /sources/],
    ["another license", { license: "UNLICENSED" }, /MIT/],
    ["side effects", { sideEffects: true }, /side effects/],
    ["an unknown engine", { engines: {} }, /Node/],
    ["a range of the workspace", { dependencies: { "@hybi/core": "workspace:^" } }, /workspace:/],
    ["a dependency of core", { name: "@hybi/core" }, /core depends on @hybi\/core/],
  ])("refuses %s", (_, change, finding) => {
    expect(checkManifest({ ...manifest, ...change }).join()).toMatch(finding);
  });
});

describe("checkTarballFiles", () => {
  it("accepts what is built", () => {
    expect(checkTarballFiles(["package/LICENSE", "package/package.json", "package/dist/index.js"])).toEqual([]);
  });

  it("refuses sources, tests and a missing license", () => {
    const files = ["package/package.json", "package/src/index.ts", "package/dist/mask.test.js"];
    expect(checkTarballFiles(files)).toEqual([
      "there is no LICENSE in it",
      "package/src/index.ts does not belong into it",
      "package/dist/mask.test.js does not belong into it",
    ]);
  });
});
