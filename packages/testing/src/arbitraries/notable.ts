/** Numbers at which behaviour changes, with ordinary shrinking. */
import fc from "fast-check";

/**
 * One of `notable`, which lie between 0 and `most`; shrinks through all numbers towards 0. `fc.constantFrom` would
 * shrink only to the nearest notable number above the one at which the failure begins.
 */
export function notableNumber(notable: readonly number[], most: number): fc.Arbitrary<number> {
  return new Notable(notable, fc.nat(most));
}

/** One of `values`. Shrinks through all earlier values, whereas `fc.constantFrom` shrinks only to the first one. */
export function earlierFrom<const Value>(...values: readonly Value[]): fc.Arbitrary<Value> {
  return fc.nat(values.length - 1).map((index) => values[index] as Value);
}

class Notable extends fc.Arbitrary<number> {
  readonly #notable: readonly number[];
  readonly #numbers: fc.Arbitrary<number>;

  constructor(notable: readonly number[], numbers: fc.Arbitrary<number>) {
    super();
    this.#notable = notable;
    this.#numbers = numbers;
  }

  generate(random: fc.Random): fc.Value<number> {
    const value = this.#notable[random.nextInt(0, this.#notable.length - 1)]!;
    return new fc.Value(value, undefined);
  }

  canShrinkWithoutContext(value: unknown): value is number {
    return this.#numbers.canShrinkWithoutContext(value);
  }

  shrink(value: number, context: unknown): fc.Stream<fc.Value<number>> {
    return this.#numbers.shrink(value, context);
  }
}
