/**
 * The server side of an Extended CONNECT, over HTTP/2 (RFC 8441 §4, §5) and HTTP/3 (RFC 9220 §3). Works on the field list
 * from the HTTP layer, including pseudo-header fields. After the handshake, the stream carries frames exactly as a TCP
 * connection does: the client still masks (RFC 6455 §5.1), and END_STREAM is the orderly end.
 */
import { ServerConfig } from "../../config/server-config.ts";
import { parseAuthority } from "../../http/authority.ts";
import { checkRequestBody } from "../../http/body-framing.ts";
import { type FieldLine, type Fields, fieldValues } from "../../http/fields.ts";
import { checkFieldLines } from "../../http/head-check.ts";
import type { Agreement } from "../../vocabulary/agreement.ts";
import type { Limits } from "../../vocabulary/limits.ts";
import {
  type RequestViolationCode,
  type StreamViolationCode,
  streamRequestViolation,
} from "../../vocabulary/violation.ts";
import { checkRejection, type Rejection } from "../rejection.ts";
import {
  type OpeningRequest,
  type OpeningRequestCheck,
  type OpeningRequestCheckOptions,
  type RequestRules,
  requestRules,
} from "../request.ts";
import {
  checkVersion,
  requestedExtensions,
  requestedOrigin,
  requestedSubprotocols,
  requestFields,
} from "../request-fields.ts";
import { agree, agreedFields, type OpeningAnswer } from "../response.ts";
import { readPseudoFields } from "./pseudo-fields.ts";

/** A response over HTTP/2 or HTTP/3: the value of `:status`, and fields with lower-case names. */
export interface StreamAnswer {
  readonly status: number;
  readonly fields: Fields;
}

/**
 * Checks an opening request sent as an Extended CONNECT. `fields` is its whole header list, in order. Of a `ServerConfig`,
 * `limits` and `tolerate` are used.
 */
export function checkExtendedConnect(
  fields: Fields,
  options: OpeningRequestCheckOptions | ServerConfig = {},
): OpeningRequestCheck {
  const isConfig = options instanceof ServerConfig;
  const request = extendedConnectRequest(fields, isConfig ? options : requestRules(options));
  if (typeof request !== "string") return { type: "request", request };
  return { type: "violation", violation: streamRequestViolation(request, isConfig ? 0 : (options.offset ?? 0)) };
}

/** Returns the request, or the first rule that it breaks. */
function extendedConnectRequest(
  list: Fields,
  { tolerate, limits }: RequestRules,
): OpeningRequest | RequestViolationCode | StreamViolationCode {
  const read = readPseudoFields(list, [":method", ":protocol", ":scheme", ":path", ":authority"]);
  if (typeof read === "string") return read;
  const { pseudo, fields } = read;
  if (pseudo.get(":method") !== "CONNECT") return "opening/method-not-connect";
  const protocol = pseudo.get(":protocol");
  // Without :protocol this is an ordinary CONNECT (RFC 9113 §8.5), which requests a tunnel to `:authority`.
  if (protocol === undefined) return "opening/pseudo-field-missing";
  // RFC 9220 §3: a server SHOULD respond with 501 to an unsupported value.
  if (protocol !== "websocket") return "opening/protocol-unsupported";
  const scheme = pseudo.get(":scheme");
  const path = pseudo.get(":path");
  const authority = pseudo.get(":authority");
  // RFC 8441 §4: :scheme and :path MUST be included; §5: :authority is required.
  if (scheme === undefined || path === undefined || authority === undefined) return "opening/pseudo-field-missing";
  const joined = joinCookies(fields);
  const found = requestFields.find(joined);
  const fault =
    checkSize(path, joined, limits) ??
    checkTarget(scheme, path, authority, found.Host) ??
    checkRequestBody(found["Content-Length"], found["Transfer-Encoding"]) ??
    checkVersion(found["Sec-WebSocket-Version"]);
  // RFC 9113 §8.2.2 forbids Upgrade, and a 426 without Upgrade is meaningless, so this bootstrap has its own code.
  if (fault !== undefined)
    return fault === "opening/version-unsupported" ? "opening/stream-version-unsupported" : fault;
  const tolerated: OpeningRequest["tolerated"][number][] = [];
  const origin = requestedOrigin(found.Origin);
  if (typeof origin === "string") return origin;
  const subprotocols = requestedSubprotocols(found["Sec-WebSocket-Protocol"], tolerate, tolerated, limits);
  if (typeof subprotocols === "string") return subprotocols;
  const extensionOffers = requestedExtensions(found["Sec-WebSocket-Extensions"], tolerate, tolerated, limits);
  if (typeof extensionOffers === "string") return extensionOffers;
  return {
    bootstrap: "extended-connect",
    resourceName: path,
    authority,
    origin: origin.origin,
    subprotocols,
    extensionOffers,
    fields: joined,
    // RFC 8441 §5: Sec-WebSocket-Key is not processed, even if present.
    key: undefined,
    tolerated,
  };
}

/** Applies the same size limits as for HTTP/1.1 (RFC 9113 §10.5.1). */
function checkSize(
  path: string,
  fields: Fields,
  limits: Limits,
): RequestViolationCode | StreamViolationCode | undefined {
  return path.length > limits.line ? "http/request-line-too-long" : checkFieldLines(fields, limits, path.length);
}

/** Returns the first rule that the target of the request breaks (RFC 8441 §5, RFC 9113 §8.3.1). */
function checkTarget(
  scheme: string,
  path: string,
  authority: string,
  hosts: readonly string[],
): RequestViolationCode | StreamViolationCode | undefined {
  if (scheme !== "http" && scheme !== "https") return "opening/scheme";
  // RFC 9113 §8.3.1: :path MUST NOT be empty, and asterisk-form is for OPTIONS only.
  if (!/^\/[\x21\x22\x24-\x7e]*$/.test(path)) return "opening/path";
  // RFC 9113 §8.3.1: :authority MUST NOT include userinfo.
  if (parseAuthority(authority) === undefined) return "opening/authority";
  // RFC 9113 §8.3.1: a Host that differs makes the request malformed.
  return hosts.every((host) => host === authority) ? undefined : "opening/authority";
}

/** RFC 9113 §8.2.3: cookies split over several lines MUST be joined before they are passed to the application. */
function joinCookies(fields: Fields): Fields {
  const cookies = fieldValues(fields, "cookie");
  if (cookies.length < 2) return fields;
  const others = fields.filter(([name]) => name !== "cookie");
  return [...others, ["cookie", cookies.join("; ")]];
}

/**
 * Returns the response that accepts `request`, and the resulting agreement. Any 2xx means success; the status here is 200
 * (RFC 8441 §5.1).
 *
 * @throws UsageError as `answerOpeningRequest`
 */
export function answerExtendedConnect(
  request: OpeningRequest,
  answer: OpeningAnswer = {},
): StreamAnswer & { readonly agreement: Agreement } {
  const agreement = agree(request, answer);
  // No Sec-WebSocket-Accept: RFC 8441 §5 replaces it with `:protocol`.
  return { status: 200, fields: lowerCase([...agreedFields(agreement), ...(answer.fields ?? [])]), agreement };
}

/**
 * Returns the response that rejects a request. The status must be at least 300, because 2xx would accept the request.
 *
 * @throws UsageError as `rejectOpeningRequest`
 */
export function rejectExtendedConnect(rejection: Rejection): StreamAnswer & { readonly body: Uint8Array } {
  const { status, body, fields } = checkRejection(rejection, 300);
  return { status, fields: lowerCase(fields), body };
}

/** RFC 9113 §8.2: field names MUST be lower case. */
export function lowerCase(fields: Fields): FieldLine[] {
  return fields.map(([name, value]): FieldLine => [name.toLowerCase(), value]);
}
