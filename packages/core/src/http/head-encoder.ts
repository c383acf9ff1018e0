/**
 * Writes the head of an HTTP/1.1 message (RFC 9112 §3–5). What the application supplied is checked here, at the last
 * moment before it becomes bytes: nothing that could end a line, or a head, gets onto the wire.
 */
import { encodeLatin1 } from "../bytes/ascii.ts";
import { UsageError } from "../usage-error.ts";
import type { FieldLine, Fields } from "./fields.ts";
import { isFieldContent, isFieldValue, isToken, isWhiteSpace, skipFieldContent, skipTchars } from "./grammar.ts";
import type { RequestHead, ResponseHead } from "./head.ts";

/** The bytes of a request head. Throws `http/…` when a part of it cannot be written. */
export function encodeRequestHead(head: RequestHead): Uint8Array {
  if (!isToken(head.method)) throw new UsageError("http/method");
  if (!isTarget(head.target)) throw new UsageError("http/request-target");
  return encodeHead(`${head.method} ${head.target} HTTP/1.${head.minorVersion}\r\n`, head.fields);
}

/** The bytes of a response head. Throws `http/…` when a part of it cannot be written. */
export function encodeResponseHead(head: ResponseHead): Uint8Array {
  if (!Number.isInteger(head.status) || head.status < 100 || head.status > 599) throw new UsageError("http/status");
  if (!isReasonPhrase(head.reasonPhrase)) throw new UsageError("http/reason-phrase");
  // RFC 9112 §4: the space after the status code stands there even without a reason phrase.
  return encodeHead(`HTTP/1.${head.minorVersion} ${head.status} ${head.reasonPhrase}\r\n`, head.fields);
}

/** Throws `http/field-name` or `http/field-value` at the first field that cannot be sent (RFC 9110 §5.1, §5.5). */
export function assertSendable(fields: Fields): void {
  for (let index = 0; index < fields.length; index++) {
    const line = fields[index] as FieldLine;
    if (!isToken(line[0])) throw nameError(line);
    if (!isFieldValue(line[1])) throw valueError(line);
  }
}

function encodeHead(startLine: string, fields: Fields): Uint8Array {
  let text = startLine;
  // An index loop: taking a pair apart in a for-of loop costs as much as writing it (bench/micro/opening.ts).
  for (let index = 0; index < fields.length; index++) {
    const line = fields[index] as FieldLine;
    text += `${line[0]}: ${line[1]}\r\n`;
  }
  text += "\r\n";
  const bytes = encodeLatin1(text);
  checkLines(bytes, startLine.length, fields);
  return bytes;
}

/** Throws unless the lines of `bytes` are those of `fields`: each name a token, no value with the end of a line in it. */
function checkLines(bytes: Uint8Array, start: number, fields: Fields): void {
  let at = start;
  for (let index = 0; index < fields.length; index++) {
    const line = fields[index] as FieldLine;
    const nameEnd = at + line[0].length;
    const valueStart = nameEnd + 2;
    const valueEnd = valueStart + line[1].length;
    if (nameEnd === at || skipTchars(bytes, at, nameEnd) < nameEnd) throw nameError(line);
    if (skipFieldContent(bytes, valueStart, valueEnd) < valueEnd) throw valueError(line);
    // RFC 9110 §5.5: a recipient would take this white space away. CR, which follows an empty value, is none.
    if (isWhiteSpace(bytes[valueStart] as number) || isWhiteSpace(line[1].charCodeAt(line[1].length - 1))) {
      throw valueError(line);
    }
    at = valueEnd + 2;
  }
}

function nameError(line: FieldLine): UsageError {
  return new UsageError("http/field-name", `The name was ${JSON.stringify(line[0])}.`);
}

function valueError(line: FieldLine): UsageError {
  return new UsageError("http/field-value", `The field was ${line[0]}.`);
}

/** The chars of RFC 9112 §3.2 in one class: visible ASCII, which leaves out white space and everything above. */
function isTarget(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit <= 0x20 || unit >= 0x7f) return false;
  }
  return text.length > 0;
}

/** reason-phrase = 1*( HTAB / SP / VCHAR / obs-text ), or nothing (RFC 9112 §4) */
function isReasonPhrase(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isFieldContent(text.charCodeAt(at))) return false;
  return true;
}
