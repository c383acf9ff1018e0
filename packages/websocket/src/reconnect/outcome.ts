/** How a connection, or an attempt at one, ended, and what follows: whether the cause may be temporary, and when to retry. */
import { firstFieldValue, type ResponseHead } from "@hybi/core/opening";
import type { CloseEvent, FailureEvent } from "../dom/socket-events.ts";
import { type Failure, failureIn, isFailure } from "../failure/failure.ts";
import { isHopeless } from "./hopeless.ts";
import { parseHttpDate } from "./http-date.ts";

/**
 * How a connection, or an attempt at one, ended. Sockets of this package report more than `code` and `reason`; the platform's
 * sockets report little or nothing more.
 */
export interface Outcome {
  /** `code`, `reason` and `wasClean` are as in `CloseEvent`. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** Whether the connection had been open. */
  readonly wasOpen?: boolean | undefined;
  /** What went wrong, if it is known. An error thrown by the function that opens sockets has the kind `transport`. */
  readonly failure?: Failure | undefined;
}

/** The outcome when nothing is known about the end. */
export const unknownOutcome: Outcome = { code: 1006, reason: "", wasClean: false };

/** Close codes that a retry cannot fix: done; not understood; not allowed; not negotiable (RFC 6455 §7.4.1). */
const finalCodes: ReadonlySet<number> = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010]);

/**
 * Whether the cause of the end may be temporary. It is not for an end that one side wanted, a response that a retry would get
 * again, a server that does not speak WebSocket or has an untrusted certificate, and mistakes of the program.
 */
export function isTransient({ code, failure, wasOpen }: Outcome): boolean {
  if (failure?.kind === "rejected") return !isHopeless(failure);
  if (wasOpen !== true && failure !== undefined && isHopeless(failure)) return false;
  return !finalCodes.has(code);
}

/**
 * Returns the milliseconds to wait that the server or a proxy has requested (RFC 9110 §10.2.3), or undefined. A date is
 * relative to the Date of the same response, or to `now` without one.
 */
export function retryAfter(outcome: Outcome, now: number): number | undefined {
  const fields = responseOf(outcome.failure)?.fields ?? [];
  const value = firstFieldValue(fields, "retry-after");
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, Number.MAX_SAFE_INTEGER);
  const date = parseHttpDate(value, now);
  if (date === undefined) return undefined;
  const sent = parseHttpDate(firstFieldValue(fields, "date") ?? "", now) ?? now;
  return Math.max(0, date - sent);
}

/**
 * Returns the outcome of an attempt whose hook threw `error`: with the failure that the error, or one of its causes, carries, as an
 * `OpeningError` does.
 */
export function outcomeOfError(error: unknown): Outcome {
  return { ...unknownOutcome, failure: failureIn(error) ?? { kind: "transport", error } };
}

/** Returns the outcome of a socket that fired `close`. `failure` is from the `error` event before it, if there was one. */
export function outcomeOfClose(event: Event, failure: Failure | undefined, wasOpen: boolean): Outcome {
  const { code, reason, wasClean } = event as Partial<CloseEvent>;
  return {
    // Deno reports 0 for a connection that was never established.
    code: code || 1006,
    reason: reason ?? "",
    wasClean: wasClean ?? false,
    wasOpen,
    failure,
  };
}

/** Returns what an `error` event says about the failure, or undefined. */
export function failureOfEvent(event: Event): Failure | undefined {
  const { failure, error, message } = event as Partial<FailureEvent> & { readonly error?: unknown };
  if (isFailure(failure)) return failure;
  // The platform's sockets fire an Event without details, or an ErrorEvent (Node, Deno, Bun).
  const text = typeof message === "string" ? message : "";
  if (error === undefined || error === null) {
    return text === "" ? undefined : { kind: "transport", error: new Error(text) };
  }
  // Node uses a TypeError for every failure of its own; it is not a mistake of the program, so wrap it.
  const wrapped = error instanceof TypeError ? new Error(text || error.message, { cause: error }) : error;
  return { kind: "transport", error: wrapped };
}

/** Returns the response of the server, or of the proxy in front of it. */
function responseOf(failure: Failure | undefined): ResponseHead | undefined {
  if (failure?.kind === "proxy") return responseOf(failure.cause);
  return failure?.kind === "rejected" ? failure.response : undefined;
}
