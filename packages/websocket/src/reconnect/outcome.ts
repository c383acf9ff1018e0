/** How a connection, or an attempt at one, ended, and what follows: whether the cause may be temporary, and when to retry. */
import type { Violation } from "@hybi/core";
import { firstFieldValue, type ResponseHead } from "@hybi/core/opening";
import type { OpeningError } from "../dom/opening-error.ts";
import { type CloseEvent, type FailureDetail, FailureEvent } from "../dom/socket-events.ts";
import { isHopeless } from "./hopeless.ts";
import { parseHttpDate } from "./http-date.ts";

/**
 * How a connection, or an attempt at one, ended. Sockets of this package report more than `code` and `reason`; the platform's
 * sockets report little or nothing more.
 */
export interface Outcome extends FailureDetail {
  /** `code`, `reason` and `wasClean` are as in `CloseEvent`. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** Whether the connection had been open. */
  readonly wasOpen?: boolean | undefined;
  /** The HTTP status, if the server rejected the opening request. */
  readonly status?: number | undefined;
  /** The whole response in that case, with its fields; `body` has its body. */
  readonly response?: ResponseHead | undefined;
  /** The rule that the server broke, if that is the cause. */
  readonly violation?: Violation | undefined;
  /** What the function that opens sockets threw, or why the transport could not be opened, or was lost. */
  readonly error?: unknown;
}

/** The outcome when nothing is known about the end. */
export const unknownOutcome: Outcome = { code: 1006, reason: "", wasClean: false };

/** Close codes that a retry cannot fix: done; not understood; not allowed; not negotiable (RFC 6455 §7.4.1). */
const finalCodes: ReadonlySet<number> = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010]);

/**
 * Whether the cause of the end may be temporary. It is not for an end that one side wanted, a response that a retry would get
 * again, a server that does not speak WebSocket or has an untrusted certificate, and mistakes of the program.
 */
export function isTransient(outcome: Outcome): boolean {
  const { code, status = outcome.response?.status, violation, error, wasOpen } = outcome;
  if (status !== undefined) return !isHopeless({ status });
  if (wasOpen !== true && isHopeless({ violation, error })) return false;
  return !finalCodes.has(code);
}

/**
 * Returns the milliseconds to wait that the server or a proxy has requested (RFC 9110 §10.2.3), or undefined. A date is
 * relative to the Date of the same response, or to `now` without one.
 */
export function retryAfter(outcome: Outcome, now: number): number | undefined {
  const fields = responseOf(outcome)?.fields ?? [];
  const value = firstFieldValue(fields, "retry-after");
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, Number.MAX_SAFE_INTEGER);
  const date = parseHttpDate(value, now);
  if (date === undefined) return undefined;
  const sent = parseHttpDate(firstFieldValue(fields, "date") ?? "", now) ?? now;
  return Math.max(0, date - sent);
}

/** Returns the outcome of an attempt whose hook threw `error`. */
export function outcomeOfError(error: unknown): Outcome {
  // Compare the name: there may be several copies of this package.
  if (!(error instanceof Error) || error.name !== "OpeningError") return { ...unknownOutcome, error };
  const { response, body, violation } = error as OpeningError;
  return { ...unknownOutcome, status: response?.status, response, body, violation, error };
}

/** Returns the outcome of a socket that fired `close`. `failure` is from the `error` event before it, if there was one. */
export function outcomeOfClose(event: Event, failure: FailureDetail | undefined, wasOpen: boolean): Outcome {
  const { code, reason, wasClean } = event as Partial<CloseEvent>;
  return {
    // Deno reports 0 for a connection that was never established.
    code: code || 1006,
    reason: reason ?? "",
    wasClean: wasClean ?? false,
    wasOpen,
    ...failure,
    status: failure?.response?.status,
  };
}

/** Returns what an `error` event says about the failure. */
export function failureOfEvent(event: Event): FailureDetail {
  if (event instanceof FailureEvent) {
    const { violation, response, body, error } = event;
    return { violation, response, body, error };
  }
  // The platform's sockets fire an Event without details, or an ErrorEvent (Node, Deno, Bun).
  const { error, message } = event as { error?: unknown; message?: unknown };
  const text = typeof message === "string" ? message : "";
  if (error === undefined || error === null) return text === "" ? {} : { error: new Error(text) };
  // Node uses a TypeError for every failure of its own; it is not a mistake of the program, so wrap it.
  return { error: error instanceof TypeError ? new Error(text || error.message, { cause: error }) : error };
}

/** Returns the response of the server, or of the proxy in front of it. */
function responseOf({ response, error }: Outcome): ResponseHead | undefined {
  for (let current = error, depth = 0; response === undefined && depth < 8; depth++) {
    if (typeof current !== "object" || current === null) return undefined;
    const found = (current as { response?: ResponseHead }).response;
    if (Array.isArray(found?.fields) && Number.isInteger(found.status)) return found;
    current = (current as { cause?: unknown }).cause;
  }
  return response;
}
