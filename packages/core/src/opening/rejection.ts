/** Answers with which a server does not accept: by its own decision, or because the request was not valid (RFC 6455 §4.2.2). */
import { toAsciiLowerCase } from "../bytes/ascii.ts";
import { isBytes } from "../bytes/is-bytes.ts";
import { utf8Bytes } from "../bytes/text-encode.ts";
import { portableHost } from "../host.ts";
import type { FieldLine, Fields } from "../http/fields.ts";
import type { ResponseHead } from "../http/head.ts";
import { checkOptions, type OptionChecks, takes } from "../options.ts";
import { UsageError } from "../usage-error.ts";
import type { Violation } from "../violation.ts";
import { protocolVersion } from "./request-fields.ts";
import { assertApplicationFields } from "./reserved-fields.ts";
import { answerAliases } from "./response.ts";

/** An HTTP answer of the application's. */
export interface Rejection {
  /** 200 to 599: a final status. */
  readonly status: number;
  /** The usual one when left out. */
  readonly reasonPhrase?: string | undefined;
  readonly fields?: Fields | undefined;
  /** Text is sent as UTF-8, and is `text/plain; charset=utf-8` unless a Content-Type says otherwise. At most 64 KiB. */
  readonly body?: string | Uint8Array | undefined;
}

/** The checks of a rejection. */
export const rejectionChecks: OptionChecks<Rejection> = {
  status: takes.anything,
  reasonPhrase: takes.text,
  fields: takes.fields,
  body: takes.only("text, or bytes in a Uint8Array", (value) => typeof value === "string" || isBytes(value)),
};

/** A rejection, ready to be written: the head, then the body. */
export interface RejectedOpening {
  readonly head: ResponseHead;
  readonly body: Uint8Array;
}

/** A body is for a human who looks for the reason; a client keeps no more of it (`limits.rejectionBody`). */
const mostBody = 65_536;

const textContentType: FieldLine = ["Content-Type", "text/plain; charset=utf-8"];

/**
 * The response that rejects an opening request over HTTP/1.1, and closes the connection (RFC 9112 §9.6).
 *
 * Throws `opening/rejection-status`, `opening/rejection-body`, `opening/field-reserved`, or `http/…`.
 */
export function rejectOpeningRequest(rejection: Rejection): RejectedOpening {
  const { status, body, fields } = checkRejection(rejection, 200);
  const connection: Fields =
    status === 426
      ? // RFC 9110 §15.5.22: 426 MUST say to which protocol; §7.8: whoever sends Upgrade names it in Connection.
        [
          ["Upgrade", "websocket"],
          ["Connection", "Upgrade, close"],
        ]
      : [["Connection", "close"]];
  // RFC 9110 §8.6: no Content-Length in a 204.
  const length: Fields = status === 204 ? [] : [["Content-Length", String(body.length)]];
  const head: ResponseHead = {
    status,
    reasonPhrase: rejection.reasonPhrase ?? reasonPhrases.get(status) ?? "",
    minorVersion: 1,
    fields: [...connection, ...length, ...fields],
  };
  return { head, body };
}

/** The rejection that answers a request that broke a rule, with the status that the table has for it. */
export function rejectionOf(violation: Violation): Rejection {
  return {
    status: violation.httpStatus ?? 400,
    body: `${violation.message} (${violation.section})\n`,
  };
}

/** The response for a violation that `checkOpeningRequest` answered. */
export function refuseOpeningRequest(violation: Violation): RejectedOpening {
  return rejectOpeningRequest(rejectionOf(violation));
}

/** Checks a rejection, whose status is at least `lowest`, and adds the fields that its status requires. */
export function checkRejection(
  rejection: Rejection,
  lowest: 200 | 300,
): { status: number; body: Uint8Array; fields: FieldLine[] } {
  checkOptions("a rejection", rejection, rejectionChecks, answerAliases);
  const { status } = rejection;
  if (!Number.isInteger(status) || status < lowest || status > 599) throw new UsageError("opening/rejection-status");
  const body = typeof rejection.body === "string" ? utf8Bytes(rejection.body, portableHost) : rejection.body;
  const length = body?.length ?? 0;
  // RFC 9110 §6.4.1: responses of these statuses do not include content.
  const isBodiless = status === 204 || status === 304;
  if (length > mostBody || (isBodiless && length > 0)) throw new UsageError("opening/rejection-body");
  const fields = [...(rejection.fields ?? [])];
  assertApplicationFields(fields);
  const has = (lower: string): boolean => fields.some(([name]) => toAsciiLowerCase(name) === lower);
  // RFC 9110 §8.3: a sender SHOULD say what the content is, or the recipient may guess.
  if (typeof rejection.body === "string" && length > 0 && !has("content-type")) fields.push(textContentType);
  // RFC 9110 §15.5.6: an origin server MUST generate an Allow field in a 405.
  if (status === 405 && !has("allow")) fields.push(["Allow", "GET"]);
  // RFC 6455 §4.4: the versions that the server is willing to use.
  if (status === 426) fields.push(["Sec-WebSocket-Version", protocolVersion]);
  return { status, body: body ?? new Uint8Array(0), fields };
}

/** Of the statuses that servers answer opening requests with (RFC 9110 §15, RFC 6585). Others go without. */
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
