/**
 * Parses the fields of an opening request that have the same meaning in an Upgrade (RFC 6455 §4.2.1) and in an Extended
 * CONNECT (RFC 8441 §5).
 */

import { FieldLookup } from "../http/fields.ts";
import { isToken, parseList } from "../http/grammar.ts";
import type { Leniency } from "../vocabulary/leniency.ts";
import type { Limits } from "../vocabulary/limits.ts";
import type { RequestViolationCode } from "../vocabulary/violation.ts";
import { type ExtensionOffer, parseExtensions } from "./extension-header.ts";

/** The fields that the check of an opening request needs. */
type RequestFieldName =
  | "Host"
  | "Upgrade"
  | "Connection"
  | "Content-Length"
  | "Transfer-Encoding"
  | "Origin"
  | "Sec-WebSocket-Key"
  | "Sec-WebSocket-Version"
  | "Sec-WebSocket-Protocol"
  | "Sec-WebSocket-Extensions";

/** Finds all of them in one pass. */
export const requestFields: FieldLookup<RequestFieldName> = new FieldLookup<RequestFieldName>([
  "Host",
  "Upgrade",
  "Connection",
  "Content-Length",
  "Transfer-Encoding",
  "Origin",
  "Sec-WebSocket-Key",
  "Sec-WebSocket-Version",
  "Sec-WebSocket-Protocol",
  "Sec-WebSocket-Extensions",
]);

/** The WebSocket protocol version (RFC 6455 §4.1 step 9). */
export const protocolVersion = "13";

/** Returns the violation in Sec-WebSocket-Version, or undefined. */
export function checkVersion(values: readonly string[]): RequestViolationCode | undefined {
  if (values.length === 0) return "opening/version-missing";
  // RFC 6455 §11.3.5: MUST NOT appear more than once in a request.
  if (values.length > 1) return "opening/version-repeated";
  // RFC 6455 §4.3: no leading zeros and no list, so version 13 has exactly one spelling.
  return values[0] === protocolVersion ? undefined : "opening/version-unsupported";
}

// Shared by all requests, and passed to the application.
const noSubprotocols: readonly string[] = Object.freeze([]);
const noOffers: readonly ExtensionOffer[] = Object.freeze([]);

/** Parses Sec-WebSocket-Protocol = 1#token, all unique (RFC 6455 §4.1 step 10). Several lines form one list (§11.3.4). */
export function requestedSubprotocols(
  values: readonly string[],
  tolerate: readonly Leniency[],
  tolerated: Leniency[],
  limits: Limits,
): readonly string[] | RequestViolationCode {
  if (values.length === 0) return noSubprotocols;
  const subprotocols = parseList(values);
  if (subprotocols.length > limits.subprotocols) return "opening/subprotocols-too-many";
  if (subprotocols.length === 0) {
    if (!tolerate.includes("empty-subprotocol")) return "opening/subprotocols-malformed";
    tolerated.push("empty-subprotocol");
  }
  if (!subprotocols.every(isToken)) return "opening/subprotocols-malformed";
  return new Set(subprotocols).size === subprotocols.length ? subprotocols : "opening/subprotocol-repeated";
}

/** Parses the offers in Sec-WebSocket-Extensions. */
export function requestedExtensions(
  values: readonly string[],
  tolerate: readonly Leniency[],
  tolerated: Leniency[],
  limits: Limits,
): readonly ExtensionOffer[] | RequestViolationCode {
  if (values.length === 0) return noOffers;
  const offers = parseExtensions(values, limits);
  if (offers === "too-many") return "opening/extensions-too-many";
  if (offers !== undefined) return offers;
  // RFC 6455 §9.1: a recipient of a value that does not conform to the grammar MUST fail the connection.
  if (!tolerate.includes("malformed-extensions")) return "opening/extensions-malformed";
  tolerated.push("malformed-extensions");
  return noOffers;
}

/** Returns Origin, undefined if absent; a violation when it is repeated, because it is ambiguous which one applies. */
export function requestedOrigin(
  values: readonly string[],
): { readonly origin: string | undefined } | RequestViolationCode {
  return values.length > 1 ? "opening/origin-repeated" : { origin: values[0] };
}
