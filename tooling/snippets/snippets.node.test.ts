/**
 * The TypeScript in the documents compiles, and all programs in it run, in the runtime that they are for. Every snippet
 * becomes a file of a folder of `examples/`, because there the packages can be imported by their names.
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { filesBelow, root, run } from "../repository.ts";
import {
  assertsSomething,
  extractBlocks,
  extractSnippets,
  isLabelled,
  type Snippet,
  triesTextAndBytes,
} from "./extract.ts";

const folder = join(root, "examples/.snippets");

const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...folders
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
    .flatMap(({ name }) => filesBelow(name, (path) => path.endsWith(".md"))),
];
const textOf = (document: string): string => readFileSync(join(root, document), "utf8");
const blocks = documents.flatMap((document) => extractBlocks(document, textOf(document)));
const snippets = documents.flatMap((document) => extractSnippets(document, textOf(document)));

/** How a program is run, by where its document wants it. Workers are run by interop/workerd. */
const commands: Partial<Record<NonNullable<Snippet["treatment"]>, readonly string[]>> = {
  run: ["tsx", "--conditions=@hybi/source"],
  deno: ["deno", "run", "-A", "--conditions", "@hybi/source"],
  bun: ["bun", "--conditions=@hybi/source"],
  test: ["vitest", "run", "--config", join(folder, "vitest.config.ts")],
};

const endings: Record<NonNullable<Snippet["treatment"]>, string> = {
  run: "ts",
  worker: "ts",
  test: "vitest.ts",
  deno: "deno.ts",
  bun: "bun.ts",
};

const placeOf = ({ document, line }: { document: string; line: number }): string => `${document}:${line}`;

function pathOf({ document, line, treatment }: Snippet): string {
  const name = `${document.replaceAll("/", "-").replace(/\.md$/, "")}-${line}`;
  return join(folder, `${name}.${endings[treatment ?? "run"]}`);
}

/** As vitest.workspace.ts has it: the sources of the packages, and not what was last built. */
const vitestConfig = `import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

const conditions = ["@hybi/source", ...defaultServerConditions];
export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions }, noExternal: [/^@hybi\\//] },
  test: { include: ["*.vitest.ts"], testTimeout: 30_000 },
});
`;

/** What the compiler says of each file, by its path. Programs of other runtimes have types of their own. */
async function compile(files: readonly string[]): Promise<Map<string, string[]>> {
  // An example may name what it does not go on to use.
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  const workers = "../../interop/workerd/cloudflare-sockets.d.ts";
  const others = ["./*.deno.ts", "./*.bun.ts"];
  const projects = {
    "tsconfig.json": {
      extends: "../tsconfig.json",
      compilerOptions,
      include: ["./*.ts", workers],
      exclude: [...others, "./vitest.config.ts"],
    },
    "tsconfig.others.json": { extends: "../tsconfig.test.json", compilerOptions, include: others, exclude: [] },
  };
  const problems = new Map<string, string[]>();
  for (const [name, project] of Object.entries(projects)) {
    writeFileSync(join(folder, name), JSON.stringify(project));
    const { exitCode, output } = await run(["tsc", "--project", join(folder, name), "--pretty", "false"], {
      capture: true,
    });
    for (const text of output.split("\n").filter((line) => line !== "" && exitCode !== 0)) {
      const path = files.find((file) => text.startsWith(`${relative(root, file)}(`));
      // A problem outside the snippets is every snippet's.
      for (const key of path === undefined ? files : [path]) problems.set(key, [...(problems.get(key) ?? []), text]);
    }
  }
  return problems;
}

describe("a block of code in a document", () => {
  it("says what it is, and a program also where it runs [R34]", () => {
    expect(blocks.filter((block) => !isLabelled(block)).map(placeOf)).toEqual([]);
    expect(blocks.length).toBeGreaterThan(50);
  });
});

describe("the TypeScript in the documents", () => {
  let problems = new Map<string, string[]>();

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "vitest.config.ts"), vitestConfig);
    for (const snippet of snippets) writeFileSync(pathOf(snippet), snippet.code);
    problems = await compile(snippets.map(pathOf));
  }, 120_000);

  it("notices when something else comes of it than it says: that it ends is not enough [R34]", () => {
    const programs = snippets.filter(({ treatment }) => treatment !== "worker");
    expect(programs.filter((program) => !assertsSomething(program)).map(placeOf)).toEqual([]);
  });

  it("is tried with text and with bytes, where it sends back what it gets [R33]", () => {
    expect(snippets.filter((snippet) => !triesTextAndBytes(snippet)).map(placeOf)).toEqual([]);
  });

  it.each(snippets.map((snippet) => [placeOf(snippet), snippet] as const))("%s compiles", (_, snippet) => {
    expect(problems.get(pathOf(snippet)) ?? []).toEqual([]);
  });

  const programs = snippets.flatMap((snippet) => {
    const command = snippet.treatment && commands[snippet.treatment];
    return command === undefined ? [] : [[placeOf(snippet), snippet, command] as const];
  });
  it.each(programs)(
    "%s runs and ends [R34]",
    async (_, snippet, command) => {
      const { exitCode, output } = await run([...command, pathOf(snippet)], {
        cwd: join(root, "examples"),
        capture: true,
        // A whole file of tests takes longer than a program.
        timeoutMs: snippet.treatment === "test" ? 180_000 : 30_000,
      });
      expect(exitCode, output).toBe(0);
    },
    200_000,
  );
});
