/** Checks of options that transports, the event loop, clients and servers have in common. */
import { UsageError } from "@hybi/core";
import { type OptionCheck, takes } from "@hybi/core/options";

/** Checks only for the methods that are used: a clock may be a class instance with more members. */
export const clockCheck: OptionCheck = takes.only("an object with now(), setTimeout() and clearTimeout()", (value) =>
  hasMethods(value, "now", "setTimeout", "clearTimeout"),
);

/** Compares the class string, because the signal may come from another realm. */
export function isSignal(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object AbortSignal]";
}

export const signalCheck: OptionCheck = takes.only("an AbortSignal", isSignal);

/** Creates a check that `value` is `what` and has the methods `names`. The error names the first that is missing. */
export function takesMethods(what: string, ...names: readonly string[]): OptionCheck {
  return (value, path) => {
    const missing = missingMethod(value, names);
    if (missing === undefined) return;
    if (typeof value !== "object" || value === null) takes.only(what, () => false)(value, path);
    throw new UsageError("option/type", `${path} must be ${what}, but has no ${missing}().`);
  };
}

export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return missingMethod(value, names) === undefined;
}

/** Returns the first of `names` that is no method of `value`. Allocates nothing, because it runs for each connection. */
function missingMethod(value: unknown, names: readonly string[]): string | undefined {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return names[0];
  for (let at = 0; at < names.length; at++) {
    const name = names[at]!;
    if (typeof (value as Record<string, unknown>)[name] !== "function") return name;
  }
  return undefined;
}

/** Returns `defaults` overridden by `given`; an undefined option counts as left out. */
export function withDefaults<Options extends object>(defaults: Options, given: Options | undefined): Options {
  const merged = { ...defaults } as Record<string, unknown>;
  // Inherited options count as well.
  for (const name in given) if (given[name] !== undefined) merged[name] = given[name];
  return merged as Options;
}
