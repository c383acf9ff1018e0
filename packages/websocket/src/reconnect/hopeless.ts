/** Recognizes failures that a retry cannot fix: HTTP responses, violations, certificates, and mistakes of the program. */
import type { Failure } from "../failure/failure.ts";
import { isCertificateError } from "./certificates.ts";

/** HTTP client error statuses that a later retry may fix (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). */
const later: ReadonlySet<number> = new Set([408, 425, 429]);

/** Whether the same attempt would fail in the same way on every retry. */
export function isHopeless(failure: Failure): boolean {
  switch (failure.kind) {
    case "rejected":
      return isFinalStatus(failure.response.status);
    case "violation": {
      const { statusCode, code } = failure.violation;
      // Once the connection is open, a violation has a status code for its Close frame. A server that goes away may come back.
      return statusCode === undefined && code !== "opening/transport-ended";
    }
    case "too-late":
      return false;
    case "transport":
    case "given-up":
      return isMistake(failure.error) || isAborted(failure.error) || isCertificateError(failure.error);
    case "proxy":
      return isHopeless(failure.cause);
    default:
      return failure satisfies never;
  }
}

/** Whether a retry would get the same status: 2xx is from an HTTP server without WebSocket; 4xx blames the request. */
function isFinalStatus(status: number): boolean {
  return (status >= 200 && status < 300) || (status >= 400 && status < 500 && !later.has(status));
}

/** Whether the program is at fault: the hook threw for a wrong URL or option, or an adapter for something impossible. */
export function isMistake(error: unknown): boolean {
  // Compare names: there may be several copies of this package.
  const { name, code } = asRecord(error);
  if (name === "UsageError" || error instanceof ReferenceError || error instanceof RangeError) return true;
  if (error instanceof TypeError) return !isNetworkError(error);
  // DOMExceptions: an invalid URL or subprotocol, or a page that may not connect. A SyntaxError without a numeric code is from
  // JSON.parse, for the response of another server.
  if (typeof code === "number" && (name === "SyntaxError" || name === "SecurityError")) return true;
  // Deno lacks a permission, and will not prompt for it.
  return name === "NotCapable";
}

/** Whether the application has aborted the attempt. A TimeoutError, by contrast, concerns this attempt only. */
function isAborted(error: unknown): boolean {
  return asRecord(error).name === "AbortError";
}

/** Messages of `fetch`, which a hook may use, when the network is unavailable. */
const networkErrors =
  /^$|^(network error|failed to fetch|networkerror when|load failed|network request failed|fetch failed|terminated|error sending request|network connection lost|the internet connection|a network error)/i;

/** Whether the error is from `fetch`: it is a TypeError for every failure, with a cause, a system code or a known message. */
function isNetworkError({ message, cause, code }: TypeError & { code?: unknown }): boolean {
  return cause !== undefined || /^E[A-Z]+$/.test(String(code)) || networkErrors.test(message);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
