/** The examples in docstrings compile and run, each in the frame that makes it a program. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { filesBelow, packageFolders, root } from "../repository.ts";
import { assertsSomething, extractExamples } from "./extract.ts";
import { frames, place } from "./frames.ts";
import { Programs } from "./programs.ts";

const sources = packageFolders()
  .flatMap((folder) => filesBelow(`${folder}/src`, (path) => path.endsWith(".ts") && !path.endsWith(".test.ts")))
  .map((file) => ({ file, examples: extractExamples(readFileSync(join(root, file), "utf8")) }))
  .filter(({ examples }) => examples.length > 0);

const programs = new Programs(
  "docstrings",
  frames.map(({ file, index = 0, treatment, program }) => {
    const example = sources.find((source) => source.file === file)?.examples[index] ?? "";
    // A file name of its own, which an example with exports needs.
    return {
      place: index === 0 ? file : `${file}-${index + 1}`,
      treatment,
      code: `${program.replace(place, () => example).trim()}\n\nexport {};\n`,
    };
  }),
);

describe("the examples of docstrings", () => {
  beforeAll(() => programs.compile(), 120_000);

  it("all have a frame in which they run, and no frame lacks an example [R34]", () => {
    const examples = sources.flatMap(({ file, examples }) => examples.map((_, index) => `${file} (${index + 1})`));
    expect(frames.map(({ file, index = 0 }) => `${file} (${index + 1})`).sort()).toEqual(examples.sort());
  });

  it("are in frames that fail when the result is not the documented one [R34]", () => {
    const those = programs.all.filter(({ treatment }) => treatment !== "test");
    expect(those.filter((program) => !assertsSomething(program)).map(({ place }) => place)).toEqual([]);
  });

  it.each(programs.all.map((program) => [program.place, program] as const))("the one of %s compiles", (_, program) => {
    expect(programs.problemsOf(program)).toEqual([]);
  });

  it.each(programs.all.map((program) => [program.place, program] as const))(
    "the one of %s runs and does what it says [R33] [R34] [R36]",
    async (_, program) => {
      const { exitCode, output } = await programs.run(program);
      expect(exitCode, output).toBe(0);
    },
    200_000,
  );
});
