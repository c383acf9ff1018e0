/** What can never get better by trying again: answers, broken rules, certificates, and mistakes of the program. */
import type { Violation } from "@hybi/core";

/** Why an opening failed. */
interface Failure {
  readonly status?: number | undefined;
  readonly violation?: Violation | undefined;
  readonly error?: unknown;
}

/** Of the statuses of HTTP that blame the client, those that say "later" (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). */
const later: ReadonlySet<number> = new Set([408, 425, 429]);

/** Violations of the opening handshake that are of the moment: the server was too late, or went away. */
const passing: ReadonlySet<string> = new Set(["deadline/opening", "opening/transport-ended"]);

/** Whether the same attempt would fail in the same way however often it is made. */
export function isHopeless({ status, violation, error }: Failure): boolean {
  if (status !== undefined) return isFinalStatus(status);
  // Once the connection is open, a violation has a status code for its Close frame.
  if (violation !== undefined) return violation.statusCode === undefined && !passing.has(violation.code);
  return isMistake(error) || isRefusal(error, 0);
}

/** 2xx is the answer of a server of HTTP that knows no WebSocket; 4xx blames the request. */
function isFinalStatus(status: number): boolean {
  return (status >= 200 && status < 300) || (status >= 400 && status < 500 && !later.has(status));
}

/** The program's fault: what the hook throws for a wrong URL or option, or an adapter for what cannot be. */
function isMistake(error: unknown): boolean {
  // By name, because there may be several copies of this package.
  const { name, code, cause } = asRecord(error);
  if (name === "OpeningError") return isMistake(cause);
  if (name === "UsageError" || error instanceof ReferenceError || error instanceof RangeError) return true;
  // The application has given it up, unlike a TimeoutError, which is of this attempt.
  if (name === "AbortError") return true;
  if (error instanceof TypeError) return !isNetworkError(error);
  // DOMExceptions: of a URL or subprotocol that is none, and of a page that may not connect. JSON.parse throws the other
  // SyntaxError, for what another server has answered.
  if (typeof code === "number" && (name === "SyntaxError" || name === "SecurityError")) return true;
  // Deno has no permission, and will ask nobody.
  return name === "NotCapable";
}

/** What `fetch`, which a hook may use, says when the network is away. */
const networkErrors =
  /^$|^(network error|failed to fetch|networkerror when|load failed|network request failed|fetch failed|terminated|error sending request|network connection lost|the internet connection|a network error)/i;

/** `fetch` rejects with a TypeError for all that goes wrong, which has a cause, a code of the system, or a known text. */
function isNetworkError({ message, cause, code }: TypeError & { code?: unknown }): boolean {
  return cause !== undefined || /^E[A-Z]+$/.test(String(code)) || networkErrors.test(message);
}

/** Names of OpenSSL, as codes of Node and Bun: of certificates, theirs and ours, and of what is no certificate, key or cipher. */
const certificateCodes =
  /CERT|UNKNOWN_CA|PEM_|NO_START_LINE|NO_CIPHER_MATCH|INVALID_PROTOCOL|^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/;

/** What Deno says of certificates, and all of them of an alert about ours, or of a server that does not speak TLS. */
const certificateTexts =
  /invalid peer certificate|alert.*(certificate|unknown[ _]?ca)|wrong[ _]version[ _]number|InvalidContentType/i;

/** An untrusted certificate, or the answer of a proxy; of several addresses, all must say so. */
function isRefusal(error: unknown, depth: number): boolean {
  if (typeof error !== "object" || error === null || depth === 8) return false;
  const { code, message, cause, errors, response, violation } = asRecord(error);
  if (typeof code === "string" && certificateCodes.test(code)) return true;
  if (typeof message === "string" && certificateTexts.test(message)) return true;
  const { status } = asRecord(response);
  if (typeof status === "number") return isFinalStatus(status);
  if (violation !== undefined) return isHopeless({ violation: violation as Violation });
  if (Array.isArray(errors) && errors.length > 0) return errors.every((one) => isRefusal(one, depth + 1));
  return isRefusal(cause, depth + 1);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
