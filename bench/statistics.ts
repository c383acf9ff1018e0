/** Medians, and ratios of measurements taken side by side. */

/** The result of all rounds of one implementation. */
export interface Comparison {
  /** Median of all rounds. */
  readonly median: number;
  /** How many times less than the first implementation: the median of the ratios of the rounds. */
  readonly ratio: number;
  /** Spread of these ratios: 0.03 is ±3 %. */
  readonly spread: number;
}

/** Compares `own` with `reference`, whose rounds alternated with it. */
export function compare(own: readonly number[], reference: readonly number[]): Comparison {
  const ratios = own.map((value, round) => (reference[round] as number) / value);
  const ratio = quantile(ratios, 0.5);
  return {
    median: quantile(own, 0.5),
    ratio,
    spread: spreadOf(ratios),
  };
}

/** Returns half the interquartile range of `values`, relative to their median. */
export function spreadOf(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / quantile(values, 0.5);
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low + (high - low) * (at - Math.floor(at));
}
