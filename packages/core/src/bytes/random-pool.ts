/**
 * Unpredictable 32-bit integers, drawn from the injected source 8 KiB at a time. RFC 6455 §5.3 and §10.3 require a fresh
 * masking key for every frame, from a strong source of entropy. Drawing each key separately costs 200 times as much on
 * Node. A pool by the rules of `scratch`: a word is lent once and never comes back.
 */
import { drawRandom, type RandomSource } from "./random-source.ts";

const poolWords = 2048;
const pools = new WeakMap<RandomSource, RandomPool>();

/** A pool over one source. */
export class RandomPool {
  readonly #source: RandomSource;
  #words: Int32Array<ArrayBuffer> | undefined;
  #next = poolWords;

  private constructor(source: RandomSource) {
    this.#source = source;
  }

  /** Returns the pool of `source`, shared by everything that uses that source. */
  static of(source: RandomSource): RandomPool {
    let pool = pools.get(source);
    if (pool === undefined) {
      pool = new RandomPool(source);
      pools.set(source, pool);
    }
    return pool;
  }

  /**
   * Returns 32 bits that were never returned before.
   *
   * @throws UsageError `option/random` once the source fails
   */
  next(): number {
    if (this.#next === poolWords) this.#draw();
    return this.#words![this.#next++]!;
  }

  /**
   * Draws now instead of with the first key, to validate the source early.
   *
   * @throws UsageError `option/random` when the source does not deliver randomness
   */
  check(): void {
    if (this.#words === undefined) this.#draw();
  }

  #draw(): void {
    const words = this.#words ?? new Int32Array(poolWords);
    drawRandom(this.#source, new Uint8Array(words.buffer));
    this.#words = words;
    this.#next = 0;
  }
}
