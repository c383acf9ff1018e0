/** Check of durations: milliseconds, not negative. */
import { kindOf, UsageError } from "./usage-error.ts";

/**
 * Returns `value`, the milliseconds of the option `name`. `Infinity` means no timer.
 *
 * @throws UsageError `option/range` unless `value` is a number of at least 0
 */
export function checkDuration(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new UsageError(
    "option/range",
    `${name} must be a number of milliseconds, at least 0, but is ${kindOf(value)}. Infinity means no timer.`,
  );
}
