/** All that was kept, run again: plainly, as a test of the laws, and instrumented, as one of the work. */
import { describe, expect, it } from "vitest";
import { Random } from "../random.ts";
import { readCorpus, readCrashes } from "./corpus.ts";
import { loadProgram } from "./program.ts";
import { Search } from "./search.ts";
import type { Target } from "./target.ts";
import { targetNames, targetPath } from "./targets.ts";

it("there are the four targets that are documented", () => {
  expect(targetNames()).toEqual(["extensions", "frames", "head", "inflate"]);
});

describe.each(targetNames())("the laws of %s", (name) => {
  const kept = [...readCorpus(name), ...readCrashes(name)];

  it("hold for every input that is kept", async () => {
    const { target }: { target: Target } = await import(targetPath(name));
    expect(kept.length).toBeGreaterThan(50);
    for (const data of [...target.seeds, ...kept]) {
      expect(data.length).toBeLessThanOrEqual(target.maxLength);
      expect(() => target.run(data.slice()), Buffer.from(data).toString("hex")).not.toThrow();
    }
  });

  it("hold for the work of every input that is kept, and most of them still reach something of their own", async () => {
    const search = new Search(await loadProgram(targetPath(name)), new Random(6455));
    const byLength = [...kept].sort((one, other) => one.length - other.length);
    const broken = byLength.map((data) => search.try(data.slice())).filter((crash) => crash !== undefined);
    expect(broken).toEqual([]);
    // What they reach moves when the code does; when this fails, it is time for another search with --save.
    expect(search.corpus.length).toBeGreaterThan(0.5 * kept.length);
  });
});
