/** Runs all stored inputs: instrumented, to check the law about the amount of work, and plainly, to check the other laws. */
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../random.ts";
import { readCorpus, readCrashes } from "./corpus.ts";
import { loadProgram } from "./program.ts";
import { type Crash, Search } from "./search.ts";
import type { Target } from "./target.ts";
import { targetNames, targetPath } from "./targets.ts";

it("the targets are the four documented ones", () => {
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

  it("limit the work of every stored input, most of which still reach something of their own", () => {
    expect(broken).toEqual([]);
    // Features move when the code does. When this fails, run another search with --save.
    expect(search.corpus.length).toBeGreaterThan(0.5 * kept.length);
  });

  it("hold for every stored input", async () => {
    // Only instrumented code is stopped when it does not terminate.
    expect(broken).toEqual([]);
    const { target }: { target: Target } = await import(targetPath(name));
    expect(kept.length).toBeGreaterThan(50);
    for (const data of [...target.seeds, ...kept]) {
      expect(data.length).toBeLessThanOrEqual(target.maxLength);
      expect(() => target.run(data.slice()), Buffer.from(data).toString("hex")).not.toThrow();
    }
  });
});
