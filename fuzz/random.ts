/**
 * Repeatable randomness: xoshiro128**, seeded from the seed of a run and the index of a case, so that every case can be
 * generated again without those before it. It is a hundred times faster than arbitraries that shrink, which ten million
 * cases need.
 */
/** A source of pseudo-random numbers, identical for the same seed and index. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number, index = 0) {
    // Neighboring seeds must not start alike, so mix seed and index into each word.
    let state = mix(seed) ^ mix(index + 0x9e3779b9) ^ Math.trunc(index / 0x1_0000_0000);
    const word = (): number => {
      state = (state + 0x9e3779b9) | 0;
      return mix(state);
    };
    this.#a = word();
    this.#b = word();
    this.#c = word();
    this.#d = word() | 1;
  }

  /** Returns an integer from 0 to 2³² − 1. */
  uint32(): number {
    const fived = Math.imul(this.#b, 5);
    const result = Math.imul((fived << 7) | (fived >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** Returns an integer from 0 to `bound` − 1; 0 if `bound` is 0. */
  below(bound: number): number {
    return Math.floor((this.uint32() / 0x1_0000_0000) * bound);
  }

  /** Returns true once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }
}

function mix(word: number): number {
  let mixed = word | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
