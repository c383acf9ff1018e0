/**
 * What an error says, in one line, for messages and logs. An error may say nothing by itself: that of a host with several
 * addresses has an empty message and a list of errors, one for each address; others have only a cause, or only a code.
 */

/** Of a list of errors, so many are told. */
const mostTold = 8;

/** So many are looked at in all: lists may hold lists, and themselves. */
const mostSeen = 64;

const nothing = "no reason was given";

/** The reason that `error` gives, be it an Error or not. Never empty, and never throws. */
export function errorText(error: unknown): string {
  try {
    return tell(error, new Set()) || nameOf(error);
  } catch {
    return nothing;
  }
}

/** `error`, or an error in its place where a transport fails with nothing: there is always one to show. */
export function orNoReason(error: unknown): unknown {
  return error ?? new Error(`The transport failed, and ${nothing}.`);
}

/** What is used of an error; those of another realm are no instances of Error. */
interface ErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** Empty when `error`, and all behind it, says nothing. */
function tell(error: unknown, seen: Set<unknown>): string {
  if (error === undefined || error === null) return "";
  if (typeof error !== "object") return oneLine(String(error));
  if (seen.has(error) || seen.size === mostSeen) return "";
  seen.add(error);
  const { message, code, cause, errors } = error as ErrorLike;
  const own = typeof message === "string" ? oneLine(message) : "";
  const causes = Array.isArray(errors) ? tellAll(errors, seen) : "";
  const told = joined(joined(own, causes), tell(cause, seen));
  // The codes of Node, Deno and Bun say what the message may not: "Failed to connect", and that is all.
  if (typeof code !== "string" || told.includes(code)) return told;
  return told === "" ? code : `${told} (${code})`;
}

function tellAll(errors: readonly unknown[], seen: Set<unknown>): string {
  const told = new Set(errors.slice(0, mostTold).map((error) => tell(error, seen)));
  told.delete("");
  if (errors.length > mostTold) told.add(`and ${errors.length - mostTold} more`);
  return [...told].join("; ");
}

/** `what`, and why. */
function joined(what: string, why: string): string {
  if (what === "" || why === "") return what + why;
  return what.includes(why) ? what : `${what.replace(/\.$/, "")}: ${why}`;
}

/** For what says nothing else. */
function nameOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return nothing;
  const { name } = error as ErrorLike;
  if (typeof name === "string" && name !== "") return name;
  const isItsOwn = "toString" in error && error.toString !== Object.prototype.toString;
  return (isItsOwn && oneLine(String(error))) || nothing;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, " ");
}
