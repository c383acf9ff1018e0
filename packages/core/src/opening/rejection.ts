/** Responses that reject an opening request, by decision of the server or because it is invalid (RFC 6455 §4.2.2). */
import { toAsciiLowerCase } from "../bytes/ascii.ts";
import { isBytes } from "../bytes/byte-arrays.ts";
import { utf8Bytes } from "../bytes/text-encode.ts";
import { checkOptions, type OptionChecks, takes } from "../checks/option-checks.ts";
import { kindOf, UsageError } from "../checks/usage-error.ts";
import type { FieldLine, Fields } from "../http/fields.ts";
import type { ResponseHead } from "../http/head.ts";
import { answerAliases } from "../sentences/loaded.ts";
import { fixedLimits } from "../vocabulary/limits.ts";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import type { Violation } from "../vocabulary/violation.ts";
import { protocolVersion } from "./request-fields.ts";
import { assertApplicationFields } from "./reserved-fields.ts";

/** An HTTP response with which the application rejects an opening request. */
export interface Rejection {
  /** 300 to 599, because 2xx would say that the request has succeeded. For a request that is not valid: 200 to 599. */
  readonly status: number;
  /** Defaults to the standard phrase for the status. */
  readonly reasonPhrase?: string | undefined;
  /** Of the reserved fields, only Sec-WebSocket-Version may be among them. */
  readonly fields?: Fields | undefined;
  /** At most 64 KiB. A string is sent as UTF-8, with Content-Type `text/plain; charset=utf-8` unless `fields` has another. */
  readonly body?: string | Uint8Array | undefined;
}

/** The checks of `Rejection`. */
export const rejectionChecks: OptionChecks<Rejection> = {
  status: takes.anything,
  reasonPhrase: takes.text,
  fields: takes.fields,
  body: takes.only("a string or a Uint8Array", (value) => typeof value === "string" || isBytes(value)),
};

/** A rejection ready to send: the head, then the body. */
export interface RejectedOpening {
  readonly head: ResponseHead;
  readonly body: Uint8Array;
}

/** The version that the server supports (RFC 6455 §4.4). */
const supportedVersion: FieldLine = ["Sec-WebSocket-Version", protocolVersion];

const textContentType: FieldLine = ["Content-Type", "text/plain; charset=utf-8"];

/**
 * Returns the response that rejects an opening request over HTTP/1.1 and closes the transport (RFC 9112 §9.6).
 *
 * @throws UsageError `opening/rejection-status`, `opening/rejection-body`, `opening/field-reserved`, `http/…`
 */
export function rejectOpeningRequest(rejection: Rejection): RejectedOpening {
  return responseFor(rejection, 300);
}

/**
 * Returns the response to a request that is not a valid opening request, such as one for a page or of a health check, which a 200
 * may suit.
 *
 * @throws UsageError as `rejectOpeningRequest`
 */
export function answerInvalidRequest(rejection: Rejection): RejectedOpening {
  return responseFor(rejection, 200);
}

function responseFor(rejection: Rejection, lowest: 200 | 300): RejectedOpening {
  const { status, body, fields } = checkRejection(rejection, lowest);
  const connection: Fields =
    status === 426
      ? // RFC 9110 §15.5.22: a 426 MUST name the protocol in Upgrade; §7.8: Upgrade requires a Connection option.
        [
          ["Upgrade", "websocket"],
          ["Connection", "Upgrade, close"],
        ]
      : [["Connection", "close"]];
  // RFC 9110 §8.6: a 204 has no Content-Length.
  const length: Fields = status === 204 ? [] : [["Content-Length", String(body.length)]];
  const head: ResponseHead = {
    status,
    reasonPhrase: rejection.reasonPhrase ?? reasonPhrases.get(status) ?? "",
    minorVersion: 1,
    fields: [...connection, ...length, ...fields],
  };
  return { head, body };
}

/**
 * Returns the rejection for a violation that `checkOpeningRequest` or `checkExtendedConnect` returned, with the HTTP status of its
 * table entry (400 if it has none).
 */
export function rejectionFor(violation: Violation): Rejection {
  const { code, message, section, httpStatus } = violation;
  return {
    status: httpStatus ?? 400,
    body: `${message} (${section})\n`,
    // RFC 6455 §4.4. Over HTTP/1.1 the status is 426, which has this field anyway.
    ...(code === "opening/stream-version-unsupported" && { fields: [supportedVersion] }),
  };
}

/** Validates a rejection, whose status must be at least `lowest`, and adds the fields that its status requires. */
export function checkRejection(
  rejection: Rejection,
  lowest: 200 | 300,
): { status: number; body: Uint8Array; fields: FieldLine[] } {
  checkOptions("a rejection", rejection, rejectionChecks, answerAliases);
  const { status } = rejection;
  if (!Number.isInteger(status) || status < lowest || status > 599) {
    throw new UsageError("opening/rejection-status", `It is ${kindOf(status)}.`);
  }
  const body = typeof rejection.body === "string" ? utf8Bytes(rejection.body, noNativeFunctions) : rejection.body;
  const length = body?.length ?? 0;
  // RFC 9110 §6.4.1: responses with these statuses have no content.
  const isBodiless = status === 204 || status === 304;
  if (length > fixedLimits.sentRejectionBody || (isBodiless && length > 0))
    throw new UsageError("opening/rejection-body");
  const fields = [...(rejection.fields ?? [])];
  assertApplicationFields(fields, "sec-websocket-version");
  const has = (lower: string): boolean => fields.some(([name]) => toAsciiLowerCase(name) === lower);
  // RFC 9110 §8.3: a sender SHOULD declare the content type; otherwise the recipient may guess.
  if (typeof rejection.body === "string" && length > 0 && !has("content-type")) fields.push(textContentType);
  // RFC 9110 §15.5.6: an origin server MUST generate an Allow field in a 405.
  if (status === 405 && !has("allow")) fields.push(["Allow", "GET"]);
  if (status === 426 && !has("sec-websocket-version")) fields.push(supportedVersion);
  return { status, body: body ?? new Uint8Array(0), fields };
}

/** Reason phrases of statuses common in opening responses (RFC 9110 §15, RFC 6585). Others are sent without a phrase. */
const reasonPhrases: ReadonlyMap<number, string> = new Map([
  [200, "OK"],
  [301, "Moved Permanently"],
  [302, "Found"],
  [303, "See Other"],
  [307, "Temporary Redirect"],
  [308, "Permanent Redirect"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [408, "Request Timeout"],
  [410, "Gone"],
  [413, "Content Too Large"],
  [414, "URI Too Long"],
  [426, "Upgrade Required"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [500, "Internal Server Error"],
  [501, "Not Implemented"],
  [503, "Service Unavailable"],
  [505, "HTTP Version Not Supported"],
]);
