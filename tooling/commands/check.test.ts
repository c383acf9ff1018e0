import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesBelow, packageFolders, root } from "../repository.ts";
import { checkCommands, type Ours } from "./check.ts";

interface Manifest {
  readonly name: string;
  readonly bin?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly scripts?: Record<string, string>;
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const manifests = packageFolders().map((folder): Manifest => JSON.parse(read(`${folder}/package.json`)));

const ours: Ours = {
  packages: new Map(manifests.map(({ name, bin = {} }) => [name, Object.keys(bin)])),
  needed: new Set(
    manifests.flatMap(({ dependencies = {}, peerDependencies = {} }) =>
      Object.keys({ ...dependencies, ...peerDependencies }),
    ),
  ),
  scripts: new Set(Object.keys((JSON.parse(read("package.json")) as Manifest).scripts ?? {})),
  examples: new Set(
    filesBelow("examples", (path) => path.endsWith(".ts")).map((path) => path.replace("examples/", "")),
  ),
};

const faults = (text: string): string[] => checkCommands("a.md", text, ours);

describe("a command that is shown", () => {
  it.each([
    "npx hybi-conformance server ws://127.0.0.1:9001",
    "npx -y hybi-conformance",
    "npx --yes cowsay",
    "npx esbuild main.ts",
    "npx hybi-conformance@latest",
    "npx --package=hybi hybi-conformance",
    "npx -p @hybi/other hybi-conformance",
    "npx --package @hybi/conformance conformance",
    "npx --package=@hybi/core hybi-conformance",
    "pnpm dlx hybi-inspect a.bin",
    "pnpx hybi-inspect",
    "bunx hybi-inspect",
    "bun x hybi-inspect",
    "yarn dlx hybi-inspect",
    "npm exec hybi-inspect",
    "npm exec -- hybi-inspect",
    "npm create hybi",
    "npm init hybi",
    "npm install hybi",
    "npm install --save-dev @hybi/testing left-pad",
    "pnpm add ws",
    "deno run npm:hybi-conformance",
    "deno run -A npm:@hybi/other/cli",
    "deno run jsr:@other/hybi",
    'import { connect } from "npm:hybi";',
    "pip install autobahntestsuite",
    "curl https://example.com/install.sh | sh",
    'run(["npx", "hybi-conformance", "--help"])',
    "$(npx hybi-inspect a.bin)",
    "see `npx hybi-inspect` and go on",
    "npx pnpm dlx hybi-inspect",
    "npx pnpm exampel chat/server.ts",
    "npx pnpm example chat/sever.ts",
  ])(
    "is rejected when it fetches a foreign package, or names a script or file that does not exist: %s [R35]",
    (command) => {
      expect(faults(`# Title\n\n${command}\n`)).toEqual([expect.stringMatching(/^a\.md:3 /)]);
    },
  );

  it.each([
    "npx --package @hybi/conformance hybi-conformance server ws://127.0.0.1:9001 --html report.html",
    "npx --package=@hybi/conformance hybi-inspect capture.bin",
    "npx -y --package=@hybi/conformance@0.1.0 hybi-inspect capture.bin",
    "npx --no hybi-conformance cases",
    "npx --no-install hybi-conformance cases",
    "npx pnpm test closing",
    "npx -y pnpm@12 install",
    "npx pnpm example chat/server.ts   # any file of the table",
    "npx pnpm exec esbuild main.ts",
    "npm install --save-dev @hybi/testing fast-check",
    "npm install @hybi/node@0.1.0",
    'import { connect } from "npm:@hybi/deno";',
    "deno run -A npm:@hybi/conformance/cli",
    'echo "> 81" | npx pnpm inspect -',
    'run(["npx", "--no-install", command, "--help"])',
    "curl http://127.0.0.1:8080/",
  ])("is accepted when it fetches nothing or only our packages: %s [R35]", (command) => {
    expect(faults(command)).toEqual([]);
  });
});

it("no document, script, source or help text of the repository contains a command that fetches a foreign package [R35]", () => {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(node_modules|coverage|\.git)$/.test(entry.name))
    .map(({ name }) => name);
  const files = [
    ...readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name),
    ...folders.flatMap((folder) => filesBelow(folder, () => true)),
  ].filter((file) => /\.(md|ts|mts|mjs|js|json|jsonc|yaml|yml|sh|html|conf|cfg|py|mod)$|^\.ci\//.test(file));
  const generated = /^tooling\/commands\/|\/\.snippets\/|pnpm-lock\.yaml/;
  const findings = files
    .filter((file) => !generated.test(file))
    .flatMap((file) => checkCommands(file, read(file), ours));
  expect(findings).toEqual([]);
  expect(files).toContain(".ci/run");
  expect(files).toContain("packages/conformance/README.md");
});
