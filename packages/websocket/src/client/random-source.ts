/** The source of randomness of clients. Apart from their options, all of which a bundle of `reconnect` would contain otherwise. */
import { type RandomSource, UsageError } from "@hybi/core";

/** The platform's source of randomness. */
const systemRandom: RandomSource = (target) => {
  crypto.getRandomValues(target);
};

/**
 * Returns the application's source of randomness, or the platform's. `crypto.getRandomValues` must be called as a
 * method of `crypto`.
 *
 * @throws UsageError `option/random-missing` if neither exists
 */
export function randomOf(given: RandomSource | undefined): RandomSource {
  const { crypto } = globalThis as { crypto?: { getRandomValues?: unknown } };
  if (given !== undefined && given !== crypto?.getRandomValues) return given;
  if (typeof crypto?.getRandomValues === "function") return systemRandom;
  throw new UsageError(
    "option/random-missing",
    "Masking keys require crypto.getRandomValues, which this runtime lacks: pass `runtime: { random: … }` (RFC 6455 §10.3).",
  );
}
