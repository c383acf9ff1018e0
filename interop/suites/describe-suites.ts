/** Runs the bundled suites in an environment and reports each of their tests as one of vitest's. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { type BundleOptions, bundleSuites, type Suites } from "./bundle.ts";
import type { Outcome, Settings } from "./harness/main.ts";

/** Runs a file of tests, which the environment finds in `globalThis.hybiSuites`. */
type RunFile = (file: string, settings: Settings) => Promise<readonly Outcome[]>;

/** An environment in which the script of the suites is loaded. */
export interface Environment {
  readonly run: RunFile;
  readonly end: () => Promise<void> | void;
}

/** Returns the number of tests that Node has in each of the files. */
async function countInNode({ script, files, tooSlow, needNode }: Suites): Promise<ReadonlyMap<string, number>> {
  const all = [...files, ...tooSlow, ...needNode.keys()];
  const counting = `globalThis.hybiLent = () => globalThis;
${script}
    hybiSuites.requireElsewhere = require;
    (async () => {
      const counts = new Map();
      for (const file of ${JSON.stringify(all)}) counts.set(file, await hybiSuites.count(file));
      require("node:worker_threads").parentPort.postMessage(counts);
    })();`;
  const worker = new Worker(counting, { eval: true });
  const [counts] = await once(worker, "message");
  await worker.terminate();
  return counts;
}

/** Whether the file could not even be loaded, since the environment lacks what it needs: its tests are not known then. */
function isUnloaded(outcomes: readonly Outcome[], file: string): boolean {
  return outcomes.some(({ title, needs }) => title === file && needs !== undefined);
}

/** Tests that fail because the environment lacks something, without an error that says so: titles, and what is lacking. */
export type Unfit = readonly (readonly [title: RegExp, needs: string])[];

function withoutUnfit(outcome: Outcome, unfit: Unfit): Outcome {
  const { title, state } = outcome;
  const needs = unfit.find(([pattern]) => pattern.test(title))?.[1];
  return state === "failed" && needs !== undefined ? { title, state: "skipped", needs: [needs] } : outcome;
}

/**
 * Defines the tests of the suites, which run here and now in the environment that `start` gives.
 */
export async function describeSuites(
  name: string,
  start: (suites: Suites) => Environment | Promise<Environment>,
  options: BundleOptions & {
    readonly unfit?: Unfit;
    /** Runs of properties that name no number of their own. */
    readonly runs?: number;
    /** The tests that must have run at least. Default: one. */
    readonly least?: number;
  } = {},
): Promise<void> {
  const suites = await bundleSuites(options);
  // Properties with fewer runs than in Node: what is looked for are differences of engines, which show in the first ones.
  const settings = { seed: Number(process.env.HYBI_SEED), runs: options.runs ?? 30 };
  const environment = await start(suites);
  const outcomes = new Map<string, readonly Outcome[]>();
  const began = performance.now();
  for (const file of suites.files) {
    try {
      const ofFile = await environment.run(file, settings);
      outcomes.set(
        file,
        ofFile.map((outcome) => withoutUnfit(outcome, options.unfit ?? [])),
      );
    } catch (error) {
      outcomes.set(file, [{ title: "the file", state: "failed", error: String(error) }]);
    }
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  await environment.end();
  const inNode = await countInNode(suites);
  report(name, suites, [...outcomes.values()].flat(), inNode, seconds);
  it(`${name} has run, or lists as not run, each file of tests that Node has`, () => {
    expect([...outcomes.keys(), ...suites.tooSlow, ...suites.needNode.keys()].sort()).toEqual(
      [...inNode.keys()].sort(),
    );
  });
  it(`${name} has run enough of them`, () => {
    const ran = [...outcomes.values()].flat().filter(({ state }) => state === "passed");
    expect(ran.length).toBeGreaterThanOrEqual(options.least ?? 1);
  });
  for (const [file, ofFile] of outcomes) {
    describe(`${file} in ${name}`, () => {
      // A file that silently runs nothing, or not all, must not pass for one that has run.
      it.skipIf(isUnloaded(ofFile, file))("has run, or lists as not run, each test that Node has", () => {
        expect(ofFile.length).toBeGreaterThan(0);
        expect(ofFile).toHaveLength(inNode.get(file) ?? Number.NaN);
      });
      for (const { title, state, error } of ofFile) {
        it.skipIf(state === "skipped")(title, () => {
          if (state === "failed") throw new Error(error);
        });
      }
    });
  }
}

/** Prints how many of the tests that Node has ran, and why the others did not. */
function report(
  name: string,
  suites: Suites,
  outcomes: readonly Outcome[],
  inNode: ReadonlyMap<string, number>,
  seconds: number,
): void {
  const skipped = outcomes.filter(({ state }) => state === "skipped");
  const ran = outcomes.length - skipped.length;
  console.log(
    `${name}: ${ran} tests of ${suites.packages.join(", ")} ran, in ${seconds} s; in Node these are ${[...inNode.values()].reduce((sum, count) => sum + count, 0)}.`,
  );
  for (const [file, modules] of suites.needNode) console.log(`  not run, imports ${modules.join(", ")}: ${file}`);
  for (const file of suites.tooSlow) console.log(`  not run, takes too long in ${name}: ${file}`);
  const needing = skipped.filter(({ needs }) => needs !== undefined).length;
  if (needing > 0) console.log(`  ${needing} need what the environment lacks.`);
  for (const { title, needs } of skipped) {
    const reason = needs === undefined ? "the environment differs in what it is about" : `it needs ${needs.join(", ")}`;
    console.log(`  not run, ${reason}: ${title}`);
  }
}
