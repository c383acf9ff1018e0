/** Determines from the head alone how a message body is delimited (RFC 9112 §6). */
import { equalsIgnoringCase } from "../bytes/ascii.ts";
import type { HeadViolationCode, RequestViolationCode } from "../vocabulary/violation.ts";
import { fieldValues } from "./fields.ts";
import { parseList, trimOws } from "./grammar.ts";
import type { ResponseHead } from "./head.ts";

/** How a body is delimited. */
export type BodyFraming =
  | { readonly type: "none" }
  | { readonly type: "length"; readonly length: number }
  | { readonly type: "chunked" }
  | { readonly type: "until-end" };

const noBody: BodyFraming = { type: "none" };

/** Returns the body framing of a response to any request except HEAD and CONNECT (RFC 9112 §6.3), or the violation in it. */
export function responseBodyFraming(head: ResponseHead): BodyFraming | HeadViolationCode {
  // Rule 1: these statuses never have a body, regardless of the fields.
  if ((head.status >= 100 && head.status < 200) || head.status === 204 || head.status === 304) return noBody;
  const codings = parseList(fieldValues(head.fields, "transfer-encoding"));
  const last = codings.at(-1);
  // Rules 3 and 4: Transfer-Encoding overrides Content-Length.
  if (last !== undefined) return { type: equalsIgnoringCase(last, "chunked") ? "chunked" : "until-end" };
  const length = contentLength(fieldValues(head.fields, "content-length"));
  if (length === undefined) return { type: "until-end" };
  return length === "invalid" ? "http/content-length" : { type: "length", length };
}

/**
 * Returns the violation in the framing of a request that must not have a body, or undefined. An opening request has no body
 * (RFC 6455 §4.1); body bytes would be read as frames.
 */
export function checkRequestBody(
  contentLengths: readonly string[],
  transferEncodings: readonly string[],
): RequestViolationCode | undefined {
  const length = contentLength(contentLengths);
  // Rule 5: differing or malformed values are an unrecoverable error.
  if (length === "invalid") return "http/content-length";
  if (transferEncodings.length > 0) {
    // RFC 9112 §6.1: both fields together may be an attempt at request smuggling.
    return length === undefined ? "opening/body-unexpected" : "http/framing-ambiguous";
  }
  return length === undefined || length === 0 ? undefined : "opening/body-unexpected";
}

/**
 * Content-Length = 1*DIGIT (RFC 9110 §8.6). A list of equal values counts as one value (RFC 9112 §6.3 rule 5). An empty
 * element makes the field invalid, because other recipients treat it as a missing or malformed length.
 */
function contentLength(lines: readonly string[]): number | "invalid" | undefined {
  if (lines.length === 0) return undefined;
  const values = lines.flatMap((line) => line.split(",").map(trimOws));
  const first = values[0] as string;
  if (values.some((value) => value !== first) || !isDigits(first)) return "invalid";
  return Number(first);
}

/** 1*DIGIT */
function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x30 || unit > 0x39) return false;
  }
  return text.length > 0;
}
