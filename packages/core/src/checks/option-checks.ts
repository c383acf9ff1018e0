/**
 * Option checks at the point where options are passed in: names, types and ranges. Every object of options has a table
 * with a check per name, in this package and those above it.
 */
import { type OptionAliases, suggestOption } from "../sentences/loaded.ts";
import { checkDuration } from "./duration.ts";
import { kindOf, UsageError } from "./usage-error.ts";

/** Throws a `UsageError` that names the option (`path`) and what it must be. Never called for `undefined`. */
export type OptionCheck = (value: unknown, path: string) => void;

/** One check per option. */
export type OptionChecks<Options> = { readonly [Name in keyof Options]-?: OptionCheck };

/**
 * Checks `given`, the options of `owner`. An option whose value is undefined counts as omitted.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function checkOptions<Options>(
  owner: string,
  given: Options,
  checks: OptionChecks<Options>,
  aliases: OptionAliases = {},
): void {
  checkNamed(given, checks, aliases, owner, "");
}

function checkNamed(given: unknown, checks: object, aliases: OptionAliases, owner: string, prefix: string): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new UsageError(
      "option/type",
      `${owner.replace(/^a /, "A ")} takes an object of options, but got ${kindOf(given)}.`,
    );
  }
  const options = given as Record<string, unknown>;
  const above = Object.getPrototypeOf(given);
  // A plain object, the usual case, has no properties other than its own.
  for (const name in options) {
    const value = options[name];
    if (value === undefined) continue;
    if (Object.hasOwn(checks, name)) (checks as Record<string, OptionCheck>)[name]!(value, prefix + name);
    else if (Object.hasOwn(options, name)) throw unknownOption(name, Object.keys(checks), aliases, owner, prefix);
  }
  if (above !== Object.prototype && above !== null) checkHidden(options, checks as Record<string, OptionCheck>, prefix);
}

/** Checks options that are getters of a class: these are not enumerable. */
function checkHidden(options: Record<string, unknown>, checks: Record<string, OptionCheck>, prefix: string): void {
  for (const [name, check] of Object.entries(checks)) {
    const value = options[name];
    if (value !== undefined) check(value, prefix + name);
  }
}

function unknownOption(
  name: string,
  known: readonly string[],
  aliases: OptionAliases,
  owner: string,
  prefix: string,
): UsageError {
  const help = suggestOption(name, known, aliases, prefix);
  return new UsageError("option/unknown", `${prefix}${name} is not an option of ${owner}.${help}`);
}

function wrongKind(path: string, what: string, value: unknown): UsageError {
  return new UsageError("option/type", `${path} must be ${what}, but is ${kindOf(value)}.`);
}

/** Creates a check that `value` is `what`. */
function takesOnly(what: string, accepts: (value: unknown) => boolean): OptionCheck {
  return (value, path) => {
    if (!accepts(value)) throw wrongKind(path, what, value);
  };
}

/** Creates a check for a number from `least` to `most`. */
function inRange(least: number, most: number, what: string, accepts: (value: number) => boolean): OptionCheck {
  return (value, path) => {
    if (typeof value === "number" && accepts(value) && value >= least && value <= most) return;
    throw new UsageError("option/range", `${path} must be ${what}, but is ${kindOf(value)}.`);
  };
}

function atLeast(least: number): OptionCheck {
  return inRange(least, Number.POSITIVE_INFINITY, `a number of at least ${least}`, () => true);
}

function integer(least: number, most: number): OptionCheck {
  return inRange(least, most, `an integer from ${least} to ${most}`, Number.isInteger);
}

function oneOf(...allowed: readonly string[]): OptionCheck {
  const what = `one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}`;
  return (value, path) => {
    if (typeof value !== "string") throw wrongKind(path, what, value);
    if (!allowed.includes(value)) throw new UsageError("option/range", `${path} must be ${what}.`);
  };
}

function list(what: string, item: OptionCheck): OptionCheck {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrongKind(path, what, value);
    for (let at = 0; at < value.length; at++) item(value[at], `${path}[${at}]`);
  };
}

function pairs(example: string): OptionCheck {
  const pair = takesOnly("a [name, value] pair of strings", (value) => {
    return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "string");
  });
  return list(`a list of [name, value] pairs, such as ${example}`, pair);
}

function options<Options>(checks: OptionChecks<Options>, aliases: OptionAliases = {}): OptionCheck {
  return (value, path) => checkNamed(value, checks, aliases, path, `${path}.`);
}

/** The checks to build tables from. */
export interface Takes {
  /** Accepts anything; the code that uses the value checks it. */
  readonly anything: OptionCheck;
  readonly boolean: OptionCheck;
  readonly text: OptionCheck;
  readonly texts: OptionCheck;
  readonly callback: OptionCheck;
  /** `[name, value]` pairs, as in a head. */
  readonly fields: OptionCheck;
  readonly cookies: OptionCheck;
  /** Milliseconds; Infinity means no timer. */
  readonly duration: OptionCheck;
  /** Rejects Infinity; use it together with another check. */
  readonly finite: OptionCheck;
  /** A number, Infinity included. */
  atLeast(least: number): OptionCheck;
  integer(least: number, most: number): OptionCheck;
  oneOf(...allowed: readonly string[]): OptionCheck;
  list(what: string, item: OptionCheck): OptionCheck;
  /** An object with options of its own. */
  options<Options>(checks: OptionChecks<Options>, aliases?: OptionAliases): OptionCheck;
  /** Any other kind of value, described by `what`. */
  only(what: string, accepts: (value: unknown) => boolean): OptionCheck;
}

const text = takesOnly("a string", (value) => typeof value === "string");

export const takes: Takes = {
  anything: () => {},
  boolean: takesOnly("true or false", (value) => typeof value === "boolean"),
  text,
  texts: list("a list of strings", text),
  callback: takesOnly("a function", (value) => typeof value === "function"),
  fields: pairs('[["Authorization", "Bearer …"]]'),
  cookies: pairs('[["session", "…"]]'),
  duration: (value, path) => void checkDuration(path, value as number),
  finite(value, path) {
    if (value === Number.POSITIVE_INFINITY) throw new UsageError("option/range", `${path} must be finite.`);
  },
  atLeast,
  integer,
  oneOf,
  list,
  options,
  only: takesOnly,
};
