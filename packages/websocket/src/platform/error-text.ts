/**
 * Formats an error as one line for messages and logs. An error's own message may be empty: for a host with several addresses
 * there is a list of errors instead, one for each address; other errors have only a cause, or only a code.
 */

/** Most errors of a list that are included in the text. */
const mostTold = 8;

/** Most errors that are visited in all: lists may contain lists, and themselves. */
const mostSeen = 64;

const nothing = "no reason was given";

/** Returns the reason that `error` gives, whether or not it is an Error. Is never empty, and never throws. */
export function errorText(error: unknown): string {
  try {
    return tell(error, new Set()) || nameOf(error);
  } catch {
    return nothing;
  }
}

/** Returns `error`, or a substitute if a transport failed without an error, so that there is always one to report. */
export function orNoReason(error: unknown): unknown {
  return error ?? new Error(`The transport failed, and ${nothing}.`);
}

/** The properties of an error that are used. Errors of another realm are not instances of Error. */
interface ErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** Returns the text of `error` and its causes; empty if they have none. */
function tell(error: unknown, seen: Set<unknown>): string {
  if (error === undefined || error === null) return "";
  if (typeof error !== "object") return oneLine(String(error));
  if (seen.has(error) || seen.size === mostSeen) return "";
  seen.add(error);
  const { message, code, cause, errors } = error as ErrorLike;
  const own = typeof message === "string" ? oneLine(message) : "";
  const causes = Array.isArray(errors) ? tellAll(errors, seen) : "";
  const told = joined(joined(own, causes), tell(cause, seen));
  // In Node, Deno and Bun the code may have the reason that the message lacks, which may be just "Failed to connect".
  if (typeof code !== "string" || told.includes(code)) return told;
  return told === "" ? code : `${told} (${code})`;
}

function tellAll(errors: readonly unknown[], seen: Set<unknown>): string {
  const told = new Set(errors.slice(0, mostTold).map((error) => tell(error, seen)));
  told.delete("");
  if (errors.length > mostTold) told.add(`and ${errors.length - mostTold} more`);
  return [...told].join("; ");
}

/** Returns `what`, followed by `why`. */
function joined(what: string, why: string): string {
  if (what === "" || why === "") return what + why;
  return what.includes(why) ? what : `${what.replace(/\.$/, "")}: ${why}`;
}

/** Returns a name for an error without any other text. */
function nameOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return nothing;
  const { name } = error as ErrorLike;
  if (typeof name === "string" && name !== "") return name;
  const isItsOwn = "toString" in error && error.toString !== Object.prototype.toString;
  return (isItsOwn && oneLine(String(error))) || nothing;
}

function oneLine(text: string): string {
  // Not a regular expression for the space around each line break: that takes quadratic time for much space without one.
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "").join(" ");
}
