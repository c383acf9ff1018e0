/**
 * Applies the rules of `HeadDecoder` to a head that was parsed elsewhere, for example by the HTTP server of the runtime. That
 * parser may be less strict, so anything that two recipients could read differently is rejected here too.
 */
import type { Limits } from "../vocabulary/limits.ts";
import type { HeadViolationCode } from "../vocabulary/violation.ts";
import type { Fields } from "./fields.ts";
import { isFieldContent, isToken } from "./grammar.ts";
import type { RequestHead } from "./head.ts";

/** Bytes of a request line besides method and target: two spaces and the version. */
const restOfRequestLine = "  HTTP/1.1".length;

const lineEnd = 2;

/** Returns the first rule that `head` breaks, in the order in which `HeadDecoder` checks them, or undefined. */
export function checkRequestHead(head: RequestHead, limits: Limits): HeadViolationCode | undefined {
  const { method, target, majorVersion = 1, minorVersion } = head;
  const line = method.length + target.length + restOfRequestLine;
  if (line > limits.line) return "http/request-line-too-long";
  if (!isToken(method)) return "http/method";
  // RFC 9112 §3.2: no white space is allowed in the target. RFC 3986 allows ASCII only.
  if (!/^[\x21-\x7e]+$/.test(target)) return "http/request-target";
  if (!isVersionDigit(majorVersion) || !isVersionDigit(minorVersion)) return "http/version";
  // RFC 9110 §15.6.6: other major versions are not supported.
  if (majorVersion !== 1) return "http/version-unsupported";
  return checkFieldLines(head.fields, limits, line + lineEnd);
}

/** Returns the first rule that `fields` break, or undefined. `before` is the number of bytes of the head before the fields. */
export function checkFieldLines(fields: Fields, limits: Limits, before: number): HeadViolationCode | undefined {
  if (fields.length > limits.fields) return "http/too-many-fields";
  let length = before + lineEnd;
  for (let at = 0; at < fields.length; at++) {
    const [name, value] = fields[at] as Fields[number];
    if (!isToken(name)) return "http/field-name";
    if (!isContent(value)) return "http/field-value";
    const line = name.length + 1 + value.length;
    if (line > limits.line) return "http/line-too-long";
    length += line + lineEnd;
  }
  return length > limits.head ? "http/head-too-big" : undefined;
}

/** DIGIT */
function isVersionDigit(version: number): boolean {
  return Number.isInteger(version) && version >= 0 && version <= 9;
}

/** *( SP / HTAB / field-vchar ) */
function isContent(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isFieldContent(text.charCodeAt(at))) return false;
  return true;
}
