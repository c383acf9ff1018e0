/** How a connection, or an attempt at one, ended, and what follows from it: whether it may be over soon, and how soon. */
import { firstFieldValue, type ResponseHead, type Violation } from "@hybi/core";
import { isHopeless } from "./hopeless.ts";
import { parseHttpDate } from "./http-date.ts";
import type { OpeningError } from "./opening-error.ts";
import { type CloseEvent, type FailureDetail, FailureEvent } from "./socket-events.ts";

/**
 * How a connection, or an attempt at one, ended. What it says beyond `code` and `reason` is told by the sockets of this
 * package; those of the platform tell little of it, or nothing.
 */
export interface Outcome extends FailureDetail {
  /** As `CloseEvent` has them. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** Whether the connection was open before. */
  readonly wasOpen?: boolean | undefined;
  /** The HTTP status, where the server has rejected the opening request. */
  readonly status?: number | undefined;
  /** The whole response then: its fields, and the `body` beside it. */
  readonly response?: ResponseHead | undefined;
  /** The rule that the server broke, where that is why. */
  readonly violation?: Violation | undefined;
  /** What the function that opens sockets threw, or why the transport could not be had, or was lost. */
  readonly error?: unknown;
}

/** Of something that has told nothing. */
export const unknownOutcome: Outcome = { code: 1006, reason: "", wasClean: false };

/** Codes after which the same again would end the same: done; not understood; not allowed; not negotiable (RFC 6455 §7.4.1). */
const finalCodes: ReadonlySet<number> = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010]);

/**
 * Whether what ended a connection may be over soon. Not so: an end that one side wanted, an answer that would be the same
 * again, a server that does not speak WebSocket or has a certificate that is not trusted, and mistakes of the program.
 */
export function isTransient(outcome: Outcome): boolean {
  const { code, status = outcome.response?.status, violation, error, wasOpen } = outcome;
  if (status !== undefined) return !isHopeless({ status });
  if (wasOpen !== true && isHopeless({ violation, error })) return false;
  return !finalCodes.has(code);
}

/**
 * The milliseconds that the server, or a proxy, has asked to wait (RFC 9110 §10.2.3), or undefined. A date counts from
 * the Date of the same response, or from `now` where there is none.
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

/** The outcome of an attempt whose hook threw `error`. */
export function outcomeOfError(error: unknown): Outcome {
  // By its name, because there may be several copies of this package.
  if (!(error instanceof Error) || error.name !== "OpeningError") return { ...unknownOutcome, error };
  const { response, body, violation } = error as OpeningError;
  return { ...unknownOutcome, status: response?.status, response, body, violation, error };
}

/** The outcome of a socket that fired `close`, and `failure` before it, if it did. */
export function outcomeOfClose(event: Event, failure: FailureDetail | undefined, wasOpen: boolean): Outcome {
  const { code, reason, wasClean } = event as Partial<CloseEvent>;
  return {
    // Deno says 0 of a connection that never was.
    code: code || 1006,
    reason: reason ?? "",
    wasClean: wasClean ?? false,
    wasOpen,
    ...failure,
    status: failure?.response?.status,
  };
}

/** What an `error` event says of the failure. */
export function failureOfEvent(event: Event): FailureDetail {
  if (event instanceof FailureEvent) {
    const { violation, response, body, error } = event;
    return { violation, response, body, error };
  }
  // Of the platform's: an Event that tells nothing, or an ErrorEvent (Node, Deno, Bun).
  const { error, message } = event as { error?: unknown; message?: unknown };
  const text = typeof message === "string" ? message : "";
  if (error === undefined || error === null) return text === "" ? {} : { error: new Error(text) };
  // Node has a TypeError for every failure of its own; it is no mistake of the program.
  return { error: error instanceof TypeError ? new Error(text || error.message, { cause: error }) : error };
}

/** The response of the server, or of the proxy that stood before it. */
function responseOf({ response, error }: Outcome): ResponseHead | undefined {
  for (let current = error, depth = 0; response === undefined && depth < 8; depth++) {
    if (typeof current !== "object" || current === null) return undefined;
    const found = (current as { response?: ResponseHead }).response;
    if (Array.isArray(found?.fields) && Number.isInteger(found.status)) return found;
    current = (current as { cause?: unknown }).cause;
  }
  return response;
}
