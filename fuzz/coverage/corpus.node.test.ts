/** All that was kept, run again: instrumented, as a test of the work, and then plainly, as one of the other laws. */
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../random.ts";
import { readCorpus, readCrashes } from "./corpus.ts";
import { loadProgram } from "./program.ts";
import { type Crash, Search } from "./search.ts";
import type { Target } from "./target.ts";
import { targetNames, targetPath } from "./targets.ts";

it("there are the four targets that are documented", () => {
  expect(targetNames()).toEqual(["extensions", "frames", "head", "inflate"]);
});

describe.each(targetNames())("the laws of %s", (name) => {
  const kept = [...readCorpus(name), ...readCrashes(name)];
  let search: Search;
  let broken: readonly Crash[];

  beforeAll(async () => {
    search = new Search(await loadProgram(targetPath(name)), new Random(6455));
    const byLength = [...kept].sort((one, other) => one.length - other.length);
    broken = byLength.map((data) => search.try(data.slice())).filter((crash) => crash !== undefined);
  });

  it("hold for the work of every input that is kept, and most of them still reach something of their own", () => {
    expect(broken).toEqual([]);
    // What they reach moves when the code does; when this fails, it is time for another search with --save.
    expect(search.corpus.length).toBeGreaterThan(0.5 * kept.length);
  });

  it("hold for every input that is kept", async () => {
    // Only what is instrumented is stopped when it does not end.
    expect(broken).toEqual([]);
    const { target }: { target: Target } = await import(targetPath(name));
    expect(kept.length).toBeGreaterThan(50);
    for (const data of [...target.seeds, ...kept]) {
      expect(data.length).toBeLessThanOrEqual(target.maxLength);
      expect(() => target.run(data.slice()), Buffer.from(data).toString("hex")).not.toThrow();
    }
  });
});
