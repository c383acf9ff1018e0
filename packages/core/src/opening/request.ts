/**
 * The server's check of an opening request (RFC 6455 §4.2.1): validates a parsed head, whichever parser read it, and returns
 * an `OpeningRequest`.
 */
import { equalsIgnoringCase } from "../bytes/ascii.ts";
import { checkOptions, type OptionChecks, takes } from "../checks/option-checks.ts";
import { parseAuthority } from "../http/authority.ts";
import { checkRequestBody } from "../http/body-framing.ts";
import type { Fields } from "../http/fields.ts";
import { parseList, parseTokenList } from "../http/grammar.ts";
import type { RequestHead } from "../http/head.ts";
import { checkRequestHead } from "../http/head-check.ts";
import { type Leniency, leniencyCheck, noLeniencies } from "../vocabulary/leniency.ts";
import { type Limits, limitsCheck, resolveLimits } from "../vocabulary/limits.ts";
import { type RequestViolationCode, requestViolation, type Violation } from "../vocabulary/violation.ts";
import type { ExtensionOffer } from "./extension-header.ts";
import { keySpelling } from "./key.ts";
import {
  checkVersion,
  requestedExtensions,
  requestedOrigin,
  requestedSubprotocols,
  requestFields,
} from "./request-fields.ts";
import { readUrl } from "./url.ts";

/** A valid opening request. Plain data; accept it with `answerOpeningRequest` or `answerExtendedConnect`. */
export interface OpeningRequest {
  /** How it was sent: as an Upgrade over HTTP/1.1 (RFC 6455), or as an Extended CONNECT (RFC 8441, RFC 9220). */
  readonly bootstrap: "upgrade" | "extended-connect";
  /** Path and query (RFC 6455 §3), percent-encoded as received. */
  readonly resourceName: string;
  /** Host, and port if given: from an absolute-form target, otherwise from Host. */
  readonly authority: string;
  /** The origin of the connecting script; undefined when the client is not a browser (RFC 6455 §4.2.1 step 7). */
  readonly origin: string | undefined;
  /** Unique, in the client's order of preference. */
  readonly subprotocols: readonly string[];
  /** In the client's order of preference. Several offers of one name are alternatives (RFC 7692 §5.1). */
  readonly extensionOffers: readonly ExtensionOffer[];
  /** All the fields, as received. */
  readonly fields: Fields;
  /** Sec-WebSocket-Key; undefined for an Extended CONNECT, which has none. */
  readonly key: string | undefined;
  /** The leniencies without which the request would be invalid. */
  readonly tolerated: readonly Leniency[];
}

/** Checks the origin of a request. Returns the violation to reject it with, or undefined to let it pass. */
export type OriginCheck = (request: OpeningRequest) => Violation | undefined;

/** Result of the check of an opening request. */
export type OpeningRequestCheck =
  | { readonly type: "request"; readonly request: OpeningRequest }
  | { readonly type: "violation"; readonly violation: Violation };

/** Options of `checkOpeningRequest` and `checkExtendedConnect`. */
export interface OpeningRequestCheckOptions {
  /** Deviations from the standard to accept. Defaults to none. */
  readonly tolerate?: readonly Leniency[] | undefined;
  /** Length of the head in bytes, for `Violation.offset`. Defaults to 0. */
  readonly offset?: number | undefined;
  /** Limits of the head: `head`, `line`, `fields`, and the lengths of its lists. */
  readonly limits?: Partial<Limits> | undefined;
}

const requestChecks: OptionChecks<OpeningRequestCheckOptions> = {
  tolerate: leniencyCheck,
  offset: takes.atLeast(0),
  limits: limitsCheck,
};

/**
 * Checks an opening request whose head is already parsed, for example by the HTTP server of the runtime. As strict as the
 * check of a request received as bytes, even if that parser is more lenient.
 *
 * Returns the request, or the violation with the HTTP status for the rejection.
 *
 * @example
 * const check = checkOpeningRequest({ method, target, minorVersion: 1, fields });
 * if (check.type === "request") answerOpeningRequest(check.request);
 * else rejectOpeningRequest(rejectionFor(check.violation));
 */
export function checkOpeningRequest(head: RequestHead, options: OpeningRequestCheckOptions = {}): OpeningRequestCheck {
  return checkParsedRequest(head, requestRules(options), options.offset ?? 0);
}

/** Options of a check, resolved. A `ServerConfig` has them. */
export interface RequestRules {
  readonly tolerate: readonly Leniency[];
  readonly limits: Limits;
}

/**
 * Validates and resolves the options of a check.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function requestRules(options: OpeningRequestCheckOptions): RequestRules {
  checkOptions("the check of a request", options, requestChecks);
  return { tolerate: options.tolerate ?? [], limits: resolveLimits(options.limits) };
}

/** Like `checkOpeningRequest`, with resolved options. */
export function checkParsedRequest(head: RequestHead, rules: RequestRules, offset: number): OpeningRequestCheck {
  const fault = checkRequestHead(head, rules.limits);
  return fault === undefined
    ? checkDecodedRequest(head, rules, offset)
    : { type: "violation", violation: requestViolation(fault, offset) };
}

/** Like `checkParsedRequest`, for a head from `HeadDecoder`, which has checked the HTTP syntax. */
export function checkDecodedRequest(head: RequestHead, rules: RequestRules, offset: number): OpeningRequestCheck {
  const request = openingRequest(head, rules.tolerate, rules.limits);
  return typeof request === "string"
    ? { type: "violation", violation: requestViolation(request, offset) }
    : { type: "request", request };
}

/** Returns the request, or the first rule that it breaks: those of HTTP first, then those of RFC 6455 §4.2.1 in order. */
function openingRequest(
  head: RequestHead,
  tolerate: readonly Leniency[],
  limits: Limits,
): OpeningRequest | RequestViolationCode {
  const noted: Leniency[] = [];
  // RFC 6455 §4.2.1 step 1: an HTTP/1.1 or higher GET request. RFC 9110 §9.1: methods are case-sensitive.
  if (head.method !== "GET") return "opening/method-not-get";
  // RFC 9110 §7.8: a server MUST ignore an Upgrade received in an HTTP/1.0 request.
  if (head.minorVersion < 1) return "opening/http-version";
  const found = requestFields.find(head.fields);
  const hostCode = checkHost(found.Host);
  if (hostCode !== undefined) return hostCode;
  const target = parseTarget(head.target, found.Host[0] as string);
  if (target === undefined) return "opening/request-target";
  const fault =
    checkRequestBody(found["Content-Length"], found["Transfer-Encoding"]) ??
    checkUpgrade(found.Upgrade, found.Connection) ??
    checkVersion(found["Sec-WebSocket-Version"]) ??
    checkKey(found["Sec-WebSocket-Key"], tolerate, noted);
  if (fault !== undefined) return fault;
  const origin = requestedOrigin(found.Origin);
  if (typeof origin === "string") return origin;
  const subprotocols = requestedSubprotocols(found["Sec-WebSocket-Protocol"], tolerate, noted, limits);
  if (typeof subprotocols === "string") return subprotocols;
  const extensionOffers = requestedExtensions(found["Sec-WebSocket-Extensions"], tolerate, noted, limits);
  if (typeof extensionOffers === "string") return extensionOffers;
  return {
    bootstrap: "upgrade",
    resourceName: target.resourceName,
    authority: target.authority,
    origin: origin.origin,
    subprotocols,
    extensionOffers,
    fields: head.fields,
    key: found["Sec-WebSocket-Key"][0],
    tolerated: noted.length === 0 ? noLeniencies : noted,
  };
}

/** RFC 9112 §3.2: a server MUST respond with 400 to a request with missing, repeated or malformed Host. */
function checkHost(hosts: readonly string[]): RequestViolationCode | undefined {
  if (hosts.length === 0) return "opening/host-missing";
  if (hosts.length > 1) return "opening/host-repeated";
  return parseAuthority(hosts[0] as string) === undefined ? "opening/host-malformed" : undefined;
}

interface Target {
  readonly resourceName: string;
  readonly authority: string;
}

/**
 * Parses a target in origin-form or absolute-form (RFC 9112 §3.2.1, §3.2.2). The other forms are for other methods. Neither
 * form, nor any WebSocket URI, has a fragment (RFC 6455 §3).
 */
function parseTarget(target: string, host: string): Target | undefined {
  if (target.startsWith("/")) return target.includes("#") ? undefined : { resourceName: target, authority: host };
  const url = readUrl(target);
  // RFC 9110 §4.2.4: userinfo in a URI from an untrusted source is an error.
  if (typeof url === "string" || url.userinfo !== undefined) return undefined;
  // RFC 9112 §3.2.2: the server MUST ignore Host and use the host of the target instead.
  return { resourceName: url.resourceName, authority: url.authority };
}

/** RFC 6455 §4.2.1 steps 3 and 4: `websocket` among the protocols of Upgrade, `upgrade` among the tokens of Connection. */
function checkUpgrade(upgrade: readonly string[], connection: readonly string[]): RequestViolationCode | undefined {
  // RFC 9110 §7.8: Upgrade = #protocol, case-insensitive, possibly along with others such as h2c. `websocket/…` would be a
  // different protocol.
  if (!isOnly(upgrade, "websocket")) {
    const protocols = parseList(upgrade);
    if (!protocols.some((protocol) => equalsIgnoringCase(protocol, "websocket"))) return "opening/upgrade-missing";
  }
  // RFC 9110 §7.6.1: Connection = #connection-option
  if (isOnly(connection, "upgrade")) return undefined;
  const options = parseTokenList(connection);
  const isUpgrade = options?.some((option) => equalsIgnoringCase(option, "upgrade")) ?? false;
  return isUpgrade ? undefined : "opening/connection-upgrade-missing";
}

/** Whether there is one line with the single element `lower`, ignoring case. Fast path for the usual spelling. */
function isOnly(values: readonly string[], lower: string): boolean {
  return values.length === 1 && equalsIgnoringCase(values[0] as string, lower);
}

/** RFC 6455 §4.2.1 step 5, §11.3.1: exactly one Sec-WebSocket-Key, 16 bytes in base64. */
function checkKey(
  keys: readonly string[],
  tolerate: readonly Leniency[],
  tolerated: Leniency[],
): RequestViolationCode | undefined {
  if (keys.length === 0) return "opening/key-missing";
  if (keys.length > 1) return "opening/key-repeated";
  const spelling = keySpelling(keys[0] as string);
  if (spelling === undefined) return "opening/key-malformed";
  if (spelling === "canonical") return undefined;
  // RFC 4648 §3.5: pad bits MUST be zero, and a decoder MAY reject other values.
  if (!tolerate.includes("non-canonical-key")) return "opening/key-malformed";
  tolerated.push("non-canonical-key");
  return undefined;
}

// Overhead of a parsed request in bytes, excluding the text itself, measured in V8 (packages/core/tests/properties/held-program.ts).
const requestCost = 512;
/** A pair, its two strings, and its slot in the list. */
const fieldCost = 144;
const offerCost = 176;
const parameterCost = 112;
const subprotocolCost = 40;

/**
 * Returns the approximate memory in bytes of a parsed request while it waits for the application's answer. The objects of its
 * elements take more memory than their bytes.
 */
export function openingRequestLength({ fields, extensionOffers, subprotocols }: OpeningRequest): number {
  let length = requestCost + fieldCost * fields.length;
  // An index loop, as in `encodeRequestHead`.
  for (let at = 0; at < fields.length; at++) {
    const line = fields[at]!;
    length += line[0].length + line[1].length;
  }
  for (const { name, parameters } of extensionOffers) {
    length += offerCost + name.length + parameterCost * parameters.length;
    for (const [parameter, value] of parameters) length += parameter.length + (value?.length ?? 0);
  }
  for (const subprotocol of subprotocols) length += subprotocolCost + subprotocol.length;
  return length;
}
