/**
 * A target that records its path: bundled from the sources with everything it imports, instrumented, and run in this
 * process. The result of a run is a set of features: numbers, each of which stands for something that a run does or does
 * not do.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { instrument } from "./instrument.ts";
import { BrokenLaw, type Target } from "./target.ts";

/** Entering a block once and entering it a hundred times are different features: see `level`. */
const levelsOfBlocks = 8;
/** Levels of closeness of the sides of a comparison: for numbers 33 if equal, else their common leading bits; for texts chars. */
const levelsOfProbes = 40;

/** Compared texts become words for inputs: the maximum length in UTF-16 units, and the maximum number. */
const maxWord = 32;
const maxWords = 1000;

/** Thrown to stop a run that enters too many blocks. Shared, because creating an error would cost time. */
const stopped: Error = new Error("too much work");

export class Program {
  readonly target: Target;
  /** Number of features: every feature is below it. */
  readonly features: number;
  /** The texts that were compared and differed, as bytes. */
  readonly words: Uint8Array[] = [];

  /** How often each block was entered in the latest run. */
  readonly #hit: Uint32Array;
  /** How many more blocks may be entered; below 0 once the limit was exceeded. */
  #left = Number.POSITIVE_INFINITY;
  /** The closest that the sides of each comparison came in the latest run; 0 if it was not made. */
  readonly #nearest: Uint8Array;
  readonly #known = new Set<string>();

  /** `code` is a CommonJS module that exports `target`; `name` appears in stack traces. */
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

  /** Runs the target on `data`, which it may change. @throws what it throws, and `BrokenLaw` once it does too much work */
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
    // Something caught the error after all, such as a `finally` that returns.
    if (this.#left < 0)
      throw new BrokenLaw(`more than ${bound} blocks for ${length} bytes, and the error that stopped it was swallowed`);
  }

  /** Calls `visit` for every feature reached in the latest run. */
  forEachFeature(visit: (feature: number) => void): void {
    // Index loops, because this runs after each execution, over every block.
    const hit = this.#hit;
    for (let block = 0; block < hit.length; block++) {
      const count = hit[block] as number;
      if (count !== 0) visit(block * levelsOfBlocks + level(count));
    }
    const nearest = this.#nearest;
    const first = hit.length * levelsOfBlocks;
    for (let probe = 0; probe < nearest.length; probe++) {
      const near = nearest[probe] as number;
      if (near !== 0) visit(first + probe * levelsOfProbes + near);
    }
  }

  #enter(block: number): void {
    const hit = this.#hit;
    hit[block] = (hit[block] as number) + 1;
    // Also for each block entered afterwards, so that code which catches it does not continue for long.
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

/** Maps a count to one of eight levels: 1, 2, 3, and then from 4, 8, 16, 32 and 128. */
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
    // Use the sources of this repository's packages, not their last build.
    conditions: ["@hybi/source"],
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`${path} could not be bundled`);
  return new Program(file.text, path);
}
