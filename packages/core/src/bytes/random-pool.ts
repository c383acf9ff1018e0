/**
 * Unpredictable 32-bit integers, drawn from the injected source 8 KiB at a time (RFC 6455 §5.3, §10.3: a fresh masking
 * key for every frame, from a strong source of entropy). Drawing each key alone costs 200 times as much on Node.
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

  /** The pool of `source`, shared by all who use that source. */
  static of(source: RandomSource): RandomPool {
    let pool = pools.get(source);
    if (pool === undefined) {
      pool = new RandomPool(source);
      pools.set(source, pool);
    }
    return pool;
  }

  /** 32 bits that were never given out before. @throws UsageError `option/random` once the source fails */
  next(): number {
    if (this.#next === poolWords) this.#draw();
    return this.#words![this.#next++]!;
  }

  /** Draws now, and not with the first key. @throws UsageError `option/random` for a source that is none */
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
