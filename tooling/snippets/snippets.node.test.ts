/**
 * The TypeScript in the documents compiles, and the programs in it run. Every snippet becomes a file of a folder of
 * `examples/`, because there the packages can be imported by their names.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { filesBelow, packageFolders, root, run } from "../repository.ts";
import { extractSnippets, type Snippet } from "./extract.ts";

const folder = join(root, "examples/.snippets");

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...packageFolders()
    .map((path) => `${path}/README.md`)
    .filter((path) => existsSync(join(root, path))),
  ...filesBelow("docs", (path) => path.endsWith(".md")),
];
const snippets = documents.flatMap((document) => extractSnippets(document, readFileSync(join(root, document), "utf8")));
const checked = snippets.filter(({ treatment }) => treatment !== undefined && treatment !== "sketch");

function pathOf({ document, line }: Snippet): string {
  return join(folder, `${document.replaceAll("/", "-").replace(/\.md$/, "")}-${line}.ts`);
}

/** What the compiler says of each file, by its path. */
async function compile(files: readonly string[]): Promise<Map<string, string[]>> {
  const include = ["./*.ts", "../../interop/workerd/cloudflare-sockets.d.ts"];
  // An example may name what it does not go on to use.
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  const project = { extends: "../tsconfig.json", compilerOptions, include, exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
  const { exitCode, output } = await run(["tsc", "--project", folder, "--pretty", "false"], { capture: true });

  const problems = new Map<string, string[]>();
  for (const text of output.split("\n").filter((line) => line !== "" && exitCode !== 0)) {
    const path = files.find((file) => text.startsWith(`${relative(root, file)}(`));
    // A problem outside the snippets is every snippet's.
    for (const key of path === undefined ? files : [path]) problems.set(key, [...(problems.get(key) ?? []), text]);
  }
  return problems;
}

describe("the TypeScript in the documents", () => {
  let problems = new Map<string, string[]>();

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const snippet of checked) writeFileSync(pathOf(snippet), snippet.code);
    problems = await compile(checked.map(pathOf));
  }, 60_000);

  it("says of every block whether it is to run, a Worker, to check or a sketch", () => {
    const unmarked = snippets.filter(({ treatment }) => treatment === undefined);
    expect(unmarked.map(({ document, line }) => `${document}:${line}`)).toEqual([]);
  });

  it.each(checked.map((snippet) => [`${snippet.document}:${snippet.line}`, snippet] as const))(
    "%s compiles",
    (_, snippet) => {
      expect(problems.get(pathOf(snippet)) ?? []).toEqual([]);
    },
  );

  const programs = checked.filter(({ treatment }) => treatment === "run");
  it.each(programs.map((snippet) => [`${snippet.document}:${snippet.line}`, snippet] as const))(
    "%s runs and ends",
    async (_, snippet) => {
      const { exitCode, output } = await run(["tsx", "--conditions=@hybi/source", pathOf(snippet)], {
        cwd: join(root, "examples"),
        capture: true,
        timeoutMs: 15_000,
      });
      expect(exitCode, output).toBe(0);
    },
    20_000,
  );
});
