/** The two start lines of HTTP/1.1: the request line (RFC 9112 §3) and the status line (RFC 9112 §4). */
import type { Leniency } from "../vocabulary/leniency.ts";
import { fixedLimits } from "../vocabulary/limits.ts";
import type { Fault, HeadViolationCode } from "../vocabulary/violation.ts";
import type { Fields } from "./fields.ts";
import { isTchar } from "./grammar.ts";
import type { RequestHead, ResponseHead } from "./head.ts";

/** A fault in a start line. Its offset is an index of the array that has the line. */
interface StartLineFault extends Fault<HeadViolationCode> {
  readonly offset: number;
  /** The leniency under which `head` can still parse the line. */
  readonly leniency?: Leniency;
}

/** The part of decoding that differs between requests and responses. */
export interface StartLineGrammar<Head> {
  /** Maximum number of empty lines skipped before the start line (RFC 9112 §2.2). */
  readonly emptyLines: number;
  /** How to handle a folded field line (RFC 9112 §5.2). */
  readonly foldedLines: "refuse" | "join";
  /** The violation of a start line longer than `limits.line`. */
  readonly tooLong: HeadViolationCode;
  /**
   * Returns the violation in `bytes[start, end)`, or undefined. The range is a line without its line end, whose bytes are all
   * VCHAR, SP, HTAB or obs-text.
   */
  check(bytes: Uint8Array, start: number, end: number): StartLineFault | undefined;
  /** Builds the head from a line that passed `check` or is tolerated. */
  head(line: string, fields: Fields): Head;
}

const space = 0x20;

/** request-line = method SP request-target SP HTTP-version (RFC 9112 §3) */
export const requestLine: StartLineGrammar<RequestHead> = {
  emptyLines: fixedLimits.emptyLines,
  // RFC 9112 §5.2: a server MUST reject a folded line or replace the fold with SP. Rejecting leaves no ambiguity.
  foldedLines: "refuse",
  // RFC 9112 §3: a server that receives a target longer than it wishes to parse MUST respond with 414.
  tooLong: "http/request-line-too-long",

  check(bytes: Uint8Array, start: number, end: number): StartLineFault | undefined {
    let at = start;
    while (at < end && isTchar(bytes[at]!)) at++;
    if (at === start || bytes[at] !== space || at === end) return { code: "http/method", offset: at };
    const target = ++at;
    // RFC 9112 §3.2: no white space is allowed in the target. RFC 3986 allows ASCII only.
    while (at < end && bytes[at]! > space && bytes[at]! < 0x7f) at++;
    if (at === target || bytes[at] !== space || at === end) return { code: "http/request-target", offset: at };
    return checkVersion(bytes, at + 1, end);
  },

  head(line: string, fields: Fields): RequestHead {
    const method = line.slice(0, line.indexOf(" "));
    const version = line.length - httpVersion.length;
    return {
      method,
      target: line.slice(method.length + 1, version - 1),
      minorVersion: line.charCodeAt(line.length - 1) - 0x30,
      fields,
    };
  },
};

/** status-line = HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 §4) */
export const statusLine: StartLineGrammar<ResponseHead> = {
  emptyLines: 0,
  // RFC 9112 §5.2: a user agent MUST replace each fold with SP.
  foldedLines: "join",
  tooLong: "http/line-too-long",

  check(bytes: Uint8Array, start: number, end: number): StartLineFault | undefined {
    const versionEnd = start + httpVersion.length;
    const fault = checkVersion(bytes, start, Math.min(versionEnd, end));
    if (fault !== undefined) return fault;
    for (let at = versionEnd; at < versionEnd + 5; at++) {
      const fits = at === versionEnd || at === versionEnd + 4 ? bytes[at] === space : isDigit(bytes[at]!);
      // A server MUST send the space after the status code, even without a reason phrase.
      if (at === end && at === versionEnd + 4)
        return { code: "http/status-line", offset: at, leniency: "truncated-status-line" };
      if (at === end || !fits) return { code: "http/status-line", offset: at };
    }
    return undefined;
  },

  head(line: string, fields: Fields): ResponseHead {
    return {
      status: Number(line.slice(9, 12)),
      reasonPhrase: line.slice(13),
      minorVersion: line.charCodeAt(7) - 0x30,
      fields,
    };
  },
};

/** Template of HTTP-version; both digits are wildcards for `checkVersion`, which then requires major version 1. */
const httpVersion = "HTTP/1.1";
const majorVersion = 5;

/** HTTP-version = HTTP-name "/" DIGIT "." DIGIT (RFC 9112 §2.3), of major version 1. Case matters. */
function checkVersion(bytes: Uint8Array, start: number, end: number): StartLineFault | undefined {
  for (let index = 0; index < httpVersion.length; index++) {
    const at = start + index;
    const byte = bytes[at]!;
    const isVersionDigit = index === majorVersion || index === httpVersion.length - 1;
    const fits = isVersionDigit ? isDigit(byte) : byte === httpVersion.charCodeAt(index);
    if (at >= end || !fits) return { code: "http/version", offset: Math.min(at, end) };
  }
  if (start + httpVersion.length < end) return { code: "http/version", offset: start + httpVersion.length };
  // RFC 9110 §15.6.6: other major versions are not supported. The HTTP/2 preface, `PRI * HTTP/2.0`, ends up here too.
  const major = start + majorVersion;
  return bytes[major] === 0x31 ? undefined : { code: "http/version-unsupported", offset: major };
}

/** DIGIT */
function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
