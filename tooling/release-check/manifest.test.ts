import { describe, expect, it } from "vitest";
import { checkManifest, checkTarballFiles, type Manifest, undeclaredImports, unreachableModules } from "./manifest.ts";

const manifest: Manifest = {
  name: "@hybi/node",
  version: "0.1.0",
  license: "MIT",
  author: "The hybi authors",
  keywords: ["websocket"],
  homepage: "https://example.com/hybi/tree/main/packages/node#readme",
  repository: { type: "git", url: "git+https://example.com/hybi.git", directory: "packages/node" },
  bugs: { url: "https://example.com/hybi/issues" },
  sideEffects: false,
  engines: { node: ">=20" },
  exports: { ".": { import: "./dist/index.js" }, "./frame": {}, "./package.json": "./package.json" },
  dependencies: { "@hybi/core": "^0.1.0" },
};

const check = (change: Partial<Record<keyof Manifest, unknown>>): string[] =>
  checkManifest({ ...manifest, ...change } as Manifest, "packages/node", "https://example.com/hybi");

describe("checkManifest", () => {
  it("accepts a correct manifest", () => {
    expect(check({})).toEqual([]);
  });

  it.each<[string, Partial<Record<keyof Manifest, unknown>>, RegExp]>([
    ["exports that point to the sources", { exports: { ".": { "@hybi/source": "./src/index.ts" } } }, /sources/],
    ["another license", { license: "UNLICENSED" }, /MIT/],
    ["side effects", { sideEffects: true }, /sideEffects/],
    ["an unknown engine", { engines: {} }, /engines/],
    ["a workspace range", { dependencies: { "@hybi/core": "workspace:^" } }, /workspace:/],
    ["a workspace range of a peer", { peerDependencies: { "fast-check": "workspace:*" } }, /workspace:/],
    ["an exact dependency", { dependencies: { pako: "3.0.3" } }, /without \^/],
    ["no author", { author: undefined }, /author/],
    ["no keywords", { keywords: [] }, /keywords/],
    ["no repository", { repository: undefined }, /repository\.url/],
    ["another repository", { repository: { url: "git+https://example.com/x.git" } }, /repository\.url/],
    ["another folder", { repository: { directory: "packages/core" } }, /repository\.directory/],
    ["another homepage", { homepage: "https://example.com/" }, /homepage/],
    ["no place for bugs", { bugs: undefined }, /bugs/],
    ["a dependency of core", { name: "@hybi/core" }, /core depends on @hybi\/core/],
  ])("rejects %s", (_, change, finding) => {
    expect(check(change).join()).toMatch(finding);
  });
});

describe("checkTarballFiles", () => {
  it("accepts built files", () => {
    const files = ["package/LICENSE", "package/README.md", "package/package.json", "package/dist/index.js"];
    expect(checkTarballFiles(files)).toEqual([]);
  });

  it("rejects sources and tests, and tarballs without license or README", () => {
    const files = ["package/package.json", "package/src/index.ts", "package/dist/mask.test.js"];
    expect(checkTarballFiles(files)).toEqual([
      "LICENSE is missing",
      "README.md is missing",
      "package/src/index.ts must not be in the package",
      "package/dist/mask.test.js must not be in the package",
    ]);
  });
});

describe("unreachableModules", () => {
  const exports = {
    ".": { import: { types: "./dist/index.d.ts", default: "./dist/index.js" }, require: "./dist/index.cjs" },
  };
  const reachable: [path: string, text: string][] = [
    ["dist/index.js", 'export { a } from "./a.js";import"./inner/b.js";'],
    ["dist/a.js", 'export const a = () => import("./c.js");'],
    ["dist/inner/b.js", 'export * from "../d.js";'],
    ["dist/c.js", ""],
    ["dist/d.js", ""],
    ["dist/index.cjs", 'const a = require("./a.cjs");'],
    ["dist/a.cjs", ""],
    ["dist/index.d.ts", "export { a } from './a.js';"],
    ["dist/a.d.ts", ""],
    ["dist/cli.js", ""],
  ];
  const lead = (...more: [path: string, text: string][]): string[] =>
    unreachableModules({ exports, bin: { cli: "./dist/cli.js" } }, new Map([...reachable, ...more]));

  it("accepts what the manifest names, and what these files import", () => expect(lead()).toEqual([]));

  it.each(["dist/modules/index.js", "dist/node.d.ts", "dist/a.d.cts"])("rejects %s, to which nothing leads", (path) => {
    expect(lead([path, 'export * from "./index.js";'])).toEqual([`nothing leads to its file ${path}`]);
  });
});

describe("undeclaredImports", () => {
  it.each([
    'import { a } from "@hybi/core/frame";',
    'import { a } from "@hybi/node";',
    'import { a } from "./chunk.js";',
    'import { a } from "node:net"; const b = require("net");',
    ' * import { it } from "vitest";',
  ])("accepts a package itself, its dependencies, its own files, Node and docstrings: %s", (text) => {
    expect(undeclaredImports(manifest, [text])).toEqual([]);
  });

  it.each([
    'import { a } from "@hybi/websocket";',
    'import "@hybi/websocket";',
    'export { a } from "@hybi/websocket/b";',
    'const a = require("@hybi/websocket");',
    'const a = import("@hybi/websocket");',
    // As in declarations.
    "export { a } from '@hybi/websocket';",
  ])("rejects any other package: %s", (text) => {
    expect(undeclaredImports(manifest, ["", text])).toEqual([
      "its files import @hybi/websocket, which is not among its dependencies",
    ]);
  });
});
