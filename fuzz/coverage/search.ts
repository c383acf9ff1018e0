/** The search: keeps inputs that reach something new, and creates new ones from them. Deterministic for a seed. */
import type { Random } from "../random.ts";
import { mutate } from "./mutator.ts";
import type { Program } from "./program.ts";

/** An input that broke a law, and the error. */
export interface Crash {
  readonly data: Uint8Array;
  readonly error: unknown;
}

/** Half of the new inputs are created from this many latest ones, which have been used least so far. */
const newestInputs = 32;

export class Search {
  readonly #program: Program;
  readonly #random: Random;
  /** 1 for each feature reached so far. */
  readonly #reached: Uint8Array;
  readonly #corpus: Uint8Array[] = [];
  #features = 0;
  #executions = 0;

  constructor(program: Program, random: Random) {
    this.#program = program;
    this.#random = random;
    this.#reached = new Uint8Array(program.features);
  }

  /** The inputs that reached something new when they were tried, in this order. */
  get corpus(): readonly Uint8Array[] {
    return this.#corpus;
  }

  get executions(): number {
    return this.#executions;
  }

  /** Number of features reached so far. */
  get features(): number {
    return this.#features;
  }

  /** Runs the target on `data`, which it may change. An input that breaks a law is returned, and not kept. */
  try(data: Uint8Array): Crash | undefined {
    this.#executions++;
    const given = data.slice();
    try {
      this.#program.run(data);
    } catch (error) {
      return { data: given, error };
    }
    const before = this.#features;
    this.#program.forEachFeature((feature) => {
      if (this.#reached[feature] === 1) return;
      this.#reached[feature] = 1;
      this.#features++;
    });
    if (this.#features > before) this.#corpus.push(given);
    return undefined;
  }

  /** Creates one input and tries it. */
  step(): Crash | undefined {
    const random = this.#random;
    const corpus = this.#corpus;
    const newest = random.oneIn(2) ? Math.min(corpus.length, newestInputs) : corpus.length;
    const original = corpus[corpus.length - 1 - random.below(newest)] ?? new Uint8Array(0);
    const other = corpus[random.below(corpus.length)] ?? original;
    return this.try(mutate(random, original, other, this.#program.words, this.#program.target.maxLength));
  }
}

/** Returns the inputs of `corpus` that reach something which no shorter one reaches. `program` must not have run yet. */
export function smallestCorpus(program: Program, random: Random, corpus: readonly Uint8Array[]): readonly Uint8Array[] {
  const search = new Search(program, random);
  for (const data of [...corpus].sort((one, other) => one.length - other.length)) search.try(data.slice());
  return search.corpus;
}
