/** Checks of the options that clients, servers and adapters have in common. */
import { deadlinesCheck, type OptionCheck, settingChecks, takes } from "@hybi/core";
import { binaryTypeOf } from "./message-data.ts";

/** Checks only for the methods that are used: a clock may be a class instance with more members. */
export const clockCheck: OptionCheck = takes.only("an object with now(), setTimeout() and clearTimeout()", (value) =>
  hasMethods(value, "now", "setTimeout", "clearTimeout"),
);

/** Compares the class string, because the signal may come from another realm. */
export function isSignal(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object AbortSignal]";
}

export const signalCheck: OptionCheck = takes.only("an AbortSignal", isSignal);

/** Checks of the options that endpoints of both roles have. */
export const endpointChecks: Readonly<Record<EndpointOption, OptionCheck>> = {
  random: settingChecks.random,
  extensions: settingChecks.extensions,
  limits: settingChecks.limits,
  fragmentSize: settingChecks.fragmentSize,
  tolerate: settingChecks.tolerate,
  host: settingChecks.host,
  binaryType: (value) => void binaryTypeOf(value as "blob", "blob"),
  deadlines: deadlinesCheck,
  onError: takes.callback,
  clock: clockCheck,
  writeBudget: takes.atLeast(1),
};

type EndpointOption =
  | "random"
  | "extensions"
  | "limits"
  | "fragmentSize"
  | "tolerate"
  | "host"
  | "binaryType"
  | "deadlines"
  | "onError"
  | "clock"
  | "writeBudget";

export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  for (const name of names) if (typeof (value as Record<string, unknown>)[name] !== "function") return false;
  return true;
}

/** Returns `defaults` overridden by `given`; an undefined option counts as left out. */
export function withDefaults<Options extends object>(defaults: Options, given: Options): Options {
  const merged = { ...defaults } as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) if (value !== undefined) merged[name] = value;
  return merged as Options;
}
