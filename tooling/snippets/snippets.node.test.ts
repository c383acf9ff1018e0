/** The TypeScript in the documents compiles, and all programs in it run in their runtime. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { filesBelow, root } from "../repository.ts";
import {
  assertsSomething,
  extractBlocks,
  extractSnippets,
  importsOnePackage,
  isLabelled,
  triesTextAndBytes,
} from "./extract.ts";
import { type Program, Programs } from "./programs.ts";

const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...folders
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
    .flatMap(({ name }) => filesBelow(name, (path) => path.endsWith(".md"))),
];
const textOf = (document: string): string => readFileSync(join(root, document), "utf8");
const placeOf = ({ document, line }: { document: string; line: number }): string => `${document}:${line}`;

const blocks = documents.flatMap((document) => extractBlocks(document, textOf(document)));
const snippets = documents.flatMap((document) => extractSnippets(document, textOf(document)));
const programs = new Programs(
  "documents",
  snippets.flatMap((snippet): Program[] => {
    const { treatment, code } = snippet;
    return treatment === undefined ? [] : [{ place: placeOf(snippet), treatment, code }];
  }),
);

describe("a block of code in a document", () => {
  it("has a valid label, and a program says where it runs [R34]", () => {
    expect(blocks.filter((block) => !isLabelled(block)).map(placeOf)).toEqual([]);
    expect(blocks.length).toBeGreaterThan(50);
  });
});

describe("the TypeScript in the documents", () => {
  it("imports one package, that of its runtime", () => {
    expect(snippets.filter(({ code }) => !importsOnePackage(code)).map(placeOf)).toEqual([]);
  });

  beforeAll(() => programs.compile(), 120_000);

  // Others check what these do: the tests of interop/workerd ask Workers, and those of tooling/moving are the peer of programs
  // before and after a move.
  const programsOfTheirOwn = snippets.filter(
    ({ treatment }) => treatment !== "worker" && treatment !== "before" && treatment !== "after",
  );

  it("asserts its result: that it ends is not enough [R34]", () => {
    expect(programsOfTheirOwn.filter((program) => !assertsSomething(program)).map(placeOf)).toEqual([]);
  });

  it("is tried with text and with bytes if it echoes messages [R33]", () => {
    expect(programsOfTheirOwn.filter((program) => !triesTextAndBytes(program)).map(placeOf)).toEqual([]);
  });

  it.each(programs.all.map((program) => [program.place, program] as const))("%s compiles", (_, program) => {
    expect(programs.problemsOf(program)).toEqual([]);
  });

  it.each(programs.runnable.map((program) => [program.place, program] as const))(
    "%s runs and ends [R34]",
    async (_, program) => {
      const { exitCode, output } = await programs.run(program);
      expect(exitCode, output).toBe(0);
    },
    200_000,
  );
});
