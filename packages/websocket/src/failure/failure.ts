/**
 * What went wrong, as one value. Every class that reports a failed connection carries it as `failure`: `FailureEvent`,
 * `OpeningError`, `WebSocketError`, a server's `onFailure`, and the outcome of a reconnecting client.
 */
import type { Violation, ViolationCode } from "@hybi/core";
import type { ResponseHead } from "@hybi/core/opening";
import { errorText } from "../platform/error-text.ts";

/** Why a connection could not be opened, or was lost. */
export type Failure =
  /** The peer broke a rule of the protocol. */
  | { readonly kind: "violation"; readonly violation: Violation }
  /**
   * The server answered the opening request with a status other than success. `body` is the body of that response, truncated to
   * `limits.rejectionBody` bytes.
   */
  | { readonly kind: "rejected"; readonly response: ResponseHead; readonly body: Uint8Array }
  /** The transport could not be opened, or was lost. */
  | { readonly kind: "transport"; readonly error: unknown }
  /** The proxy opened no tunnel. `cause` says why: the response or the violation is the proxy's and not the server's. */
  | { readonly kind: "proxy"; readonly cause: Extract<Failure, { kind: "violation" | "rejected" | "transport" }> }
  /** A deadline has expired: `violation.code` names it, such as `deadline/opening`. */
  | { readonly kind: "too-late"; readonly violation: Violation }
  /**
   * This side gave up the connection: the application closed or aborted it, a function of the application failed, or memory has
   * run out. `error` is the reason, if there is one.
   */
  | { readonly kind: "given-up"; readonly error?: unknown };

const kinds: ReadonlySet<unknown> = new Set<Failure["kind"]>([
  "violation",
  "rejected",
  "transport",
  "proxy",
  "too-late",
  "given-up",
]);

/** Whether `value` is a failure, perhaps of another copy of this package. */
export function isFailure(value: unknown): value is Failure {
  return typeof value === "object" && value !== null && kinds.has((value as Partial<Failure>).kind);
}

/** The application closed the connection before it was open, or dropped it. */
export const givenUp: Failure = { kind: "given-up" };

/** The deadline for opening expired before there was a transport. */
export const transportTooLate: Failure = {
  kind: "too-late",
  violation: {
    code: "deadline/opening",
    // As in the table of violations, all of which would be bundled for this section.
    section: "RFC 9110 §15.5.9",
    message: "The transport could not be opened in time.",
    statusCode: undefined,
    httpStatus: undefined,
    offset: 0,
  },
};

/** Violations that are expired deadlines. */
const deadlines: ReadonlySet<ViolationCode> = new Set<ViolationCode>([
  "deadline/opening",
  "deadline/pong",
  "deadline/stalled",
  "deadline/message",
  "deadline/resting",
]);

/** Returns the failure of a connection that has ended because of `violation`. */
export function failureOf(violation: Violation): Failure {
  return { kind: deadlines.has(violation.code) ? "too-late" : "violation", violation };
}

/** Describes a failure in one sentence, for logs. Never empty. All that carry the failure have this text as their `message`. */
export function failureText(failure: Failure): string {
  return textOf(failure, "transportOptions: { tls: … }");
}

/** `tls` is where the options of TLS are. */
function textOf(failure: Failure, tls: string): string {
  switch (failure.kind) {
    case "violation":
    case "too-late":
      return `${failure.violation.message} (${failure.violation.code}, ${failure.violation.section})`;
    case "rejected":
      return answered("The server", failure.response);
    case "transport":
      return withTlsHint(errorText(failure.error), tls);
    case "proxy":
      if (failure.cause.kind === "rejected") return answered("The proxy", failure.cause.response);
      return `The proxy opened no tunnel: ${textOf(failure.cause, "transportOptions: { proxy: { tls: … } }")}`;
    case "given-up":
      return failure.error === undefined ? "The connection was given up." : errorText(failure.error);
    default:
      return failure satisfies never;
  }
}

/** What TLS of the runtimes says of bytes that are none: OpenSSL, BoringSSL and rustls. */
const notTls = /SSL routines:\w+:(?:wrong[ _]version[ _]number|http[ _]request)|InvalidContentType/i;

/** What they say of a certificate whose issuer they do not know. */
const unknownIssuer = /self[- ]signed cert|unable to (?:verify the first cert|get (?:local )?issuer)|UnknownIssuer/i;

/** Appends to such an error what to do: the wrong scheme of a URL and a certificate of one's own are the most common reasons. */
function withTlsHint(text: string, tls: string): string {
  const hint = notTls.test(text)
    ? "one side uses TLS (wss:), and the other does not (ws:)."
    : unknownIssuer.test(text) && `to trust the certificate of its issuer, pass it in ${tls}.`;
  return hint ? `${text.replace(/[:.]$/, "")}: ${hint}` : text;
}

function answered(who: string, { status, reasonPhrase }: ResponseHead): string {
  return `${who} answered ${status} ${reasonPhrase}`.trimEnd().concat(".");
}

/** Returns the error that is the reason of a failure; undefined if none was thrown. */
export function errorOf(failure: Failure): unknown {
  switch (failure.kind) {
    case "transport":
    case "given-up":
      return failure.error;
    case "proxy":
      return errorOf(failure.cause);
    case "violation":
    case "rejected":
    case "too-late":
      return undefined;
    default:
      return failure satisfies never;
  }
}

/** Returns the failure that `error`, or one of its causes, carries. There may be several copies of this package. */
export function failureIn(error: unknown, depth = 0): Failure | undefined {
  if (typeof error !== "object" || error === null || depth === 8) return undefined;
  const { failure, cause } = error as { failure?: unknown; cause?: unknown };
  return isFailure(failure) ? failure : failureIn(cause, depth + 1);
}
