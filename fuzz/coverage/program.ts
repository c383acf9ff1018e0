/**
 * A target in a form that tells where it went: bundled from the sources with all that it imports, instrumented, and run
 * in this process. What one run reached is told as features: numbers, each of which stands for something that a run
 * does or does not do.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { instrument } from "./instrument.ts";
import { BrokenLaw, type Target } from "./target.ts";

/** A block that is entered once is not one that is entered a hundred times: see `level`. */
const levelsOfBlocks = 8;
/** How near the sides of a comparison came: for numbers 33 for the same and else the leading bits they share; for texts chars. */
const levelsOfProbes = 40;

/** Texts that were compared are used as words for inputs: so long at most, in UTF-16 units, and so many. */
const maxWord = 32;
const maxWords = 1000;

/** What stops a run that enters more blocks than it may. One for all: to make it costs nothing then. */
const stopped: Error = new Error("too much work");

export class Program {
  readonly target: Target;
  /** Every feature is below this. */
  readonly features: number;
  /** The texts that were compared and differed, as bytes. */
  readonly words: Uint8Array[] = [];

  /** How often each block was entered in the latest run. */
  readonly #hit: Uint32Array;
  /** So many blocks more may be entered; below 0 when one was entered that may not be. */
  #left = Number.POSITIVE_INFINITY;
  /** The nearest that the sides of each comparison came in the latest run; 0 when it was not made. */
  readonly #nearest: Uint8Array;
  readonly #known = new Set<string>();

  /** `code` is a CommonJS module that exports `target`; `name` stands in stack traces. */
  constructor(code: string, name: string) {
    const instrumented = instrument(code);
    this.#hit = new Uint32Array(instrumented.blocks);
    this.#nearest = new Uint8Array(instrumented.probes);
    this.features = instrumented.blocks * levelsOfBlocks + instrumented.probes * levelsOfProbes;

    const module: { exports: { target?: Target } } = { exports: {} };
    const parameters = ["module", "exports", "require", "$enter", "$probe"];
    const body = new Function(...parameters, `${instrumented.code}\n//# sourceURL=${name}`);
    const probe = (index: number, left: unknown, right: unknown): boolean => this.#probe(index, left, right);
    const enter = (block: number): void => this.#enter(block);
    body(module, module.exports, createRequire(import.meta.url), enter, probe);
    const { target } = module.exports;
    if (target === undefined) throw new Error(`${name} exports no target`);
    this.target = target;
  }

  /** Runs the target on `data`, which it may change. Throws what it throws, and `BrokenLaw` as soon as it works too much. */
  run(data: Uint8Array): void {
    this.#hit.fill(0);
    this.#nearest.fill(0);
    const { perByte, fixed } = this.target.work;
    const { length } = data;
    const bound = perByte * length + fixed;
    this.#left = bound;
    try {
      this.target.run(data);
    } catch (error) {
      throw error === stopped ? new BrokenLaw(`more than ${bound} blocks for ${length} bytes`) : error;
    }
    // Something has caught it after all, such as a `finally` that returns.
    if (this.#left < 0)
      throw new BrokenLaw(`more than ${bound} blocks for ${length} bytes, and what stopped them is lost`);
  }

  /** Tells all features reached in the latest run. */
  forEachFeature(tell: (feature: number) => void): void {
    // Index loops: this runs after each execution, over every block that there is.
    const hit = this.#hit;
    for (let block = 0; block < hit.length; block++) {
      const count = hit[block] as number;
      if (count !== 0) tell(block * levelsOfBlocks + level(count));
    }
    const nearest = this.#nearest;
    const first = hit.length * levelsOfBlocks;
    for (let probe = 0; probe < nearest.length; probe++) {
      const near = nearest[probe] as number;
      if (near !== 0) tell(first + probe * levelsOfProbes + near);
    }
  }

  #enter(block: number): void {
    const hit = this.#hit;
    hit[block] = (hit[block] as number) + 1;
    // Again for each block that is entered then: nothing that catches it goes on for long.
    if (--this.#left < 0) throw stopped;
  }

  #probe(index: number, left: unknown, right: unknown): boolean {
    const equal = left === right;
    if (typeof left === "number" && typeof right === "number") {
      this.#approach(index, equal ? 33 : Math.clz32(left ^ right));
    } else if (typeof left === "string" && typeof right === "string") {
      const most = Math.min(left.length, right.length, levelsOfProbes - 2);
      let near = 1;
      while (near <= most && left.charCodeAt(near - 1) === right.charCodeAt(near - 1)) near++;
      this.#approach(index, near);
      if (!equal) {
        this.#note(left);
        this.#note(right);
      }
    }
    return equal;
  }

  #approach(index: number, near: number): void {
    if (near > (this.#nearest[index] as number)) this.#nearest[index] = near;
  }

  #note(word: string): void {
    if (word.length === 0 || word.length > maxWord || this.words.length >= maxWords || this.#known.has(word)) return;
    this.#known.add(word);
    this.words.push(Buffer.from(word, "latin1"));
  }
}

/** How often, as one of eight: 1, 2, 3, and then from 4, 8, 16, 32 and 128. */
function level(count: number): number {
  if (count < 4) return count - 1;
  return count < 8 ? 3 : count < 16 ? 4 : count < 32 ? 5 : count < 128 ? 6 : 7;
}

/** Bundles and instruments the target in the file at `path`. */
export async function loadProgram(path: string): Promise<Program> {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    // The sources of this repository's packages, and not what was last built.
    conditions: ["@hybi/source"],
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`${path} made no bundle`);
  return new Program(file.text, path);
}
