/** Durations and other amounts of which a user may give any that is not negative. */
import { UsageError } from "./usage-error.ts";

/**
 * Returns `value`, the milliseconds of the option `name`; `Infinity` means that there is no timer.
 *
 * @throws UsageError `option/range` for what is no number of at least 0
 */
export function checkDuration(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new UsageError("option/range", `${name} must be a number of milliseconds, at least 0; Infinity is no timer.`);
}
