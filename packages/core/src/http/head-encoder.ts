/**
 * Encodes the head of an HTTP/1.1 message (RFC 9112 §3–5). Application input is validated here, at the last step before it
 * becomes bytes, so that no value can end a line or the head early (header injection).
 */
import { encodeLatin1 } from "../bytes/ascii.ts";
import { UsageError } from "../checks/usage-error.ts";
import type { FieldLine, Fields } from "./fields.ts";
import { isFieldContent, isFieldValue, isToken, isWhiteSpace, skipFieldContent, skipTchars } from "./grammar.ts";
import type { RequestHead, ResponseHead } from "./head.ts";

/** Encodes a request head. @throws UsageError `http/…` when a part of it is invalid */
export function encodeRequestHead(head: RequestHead): Uint8Array {
  if (!isToken(head.method)) throw new UsageError("http/method");
  if (!isTarget(head.target)) throw new UsageError("http/request-target");
  return encodeHead(`${head.method} ${head.target} HTTP/1.${head.minorVersion}\r\n`, head.fields);
}

/** Encodes a response head. @throws UsageError `http/…` when a part of it is invalid */
export function encodeResponseHead(head: ResponseHead): Uint8Array {
  if (!Number.isInteger(head.status) || head.status < 100 || head.status > 599) throw new UsageError("http/status");
  if (!isReasonPhrase(head.reasonPhrase)) throw new UsageError("http/reason-phrase");
  // RFC 9112 §4: the space after the status code is required even without a reason phrase.
  return encodeHead(`HTTP/1.${head.minorVersion} ${head.status} ${head.reasonPhrase}\r\n`, head.fields);
}

/** @throws UsageError `http/field-name`, `http/field-value` at the first field that cannot be sent (RFC 9110 §5.1, §5.5) */
export function assertSendable(fields: Fields): void {
  for (let index = 0; index < fields.length; index++) {
    const line = fields[index] as FieldLine;
    if (!isToken(line[0])) throw nameError(line);
    if (!isFieldValue(line[1])) throw valueError(line);
  }
}

function encodeHead(startLine: string, fields: Fields): Uint8Array {
  let text = startLine;
  // An index loop: destructuring pairs in a for-of loop costs as much as the encoding itself (bench/micro/opening.ts).
  for (let index = 0; index < fields.length; index++) {
    const line = fields[index] as FieldLine;
    text += `${line[0]}: ${line[1]}\r\n`;
  }
  text += "\r\n";
  const bytes = encodeLatin1(text);
  checkLines(bytes, startLine.length, fields);
  return bytes;
}

/** Throws unless the lines of `bytes` match `fields`: each name is a token and no value contains a line end. */
function checkLines(bytes: Uint8Array, start: number, fields: Fields): void {
  let at = start;
  for (let index = 0; index < fields.length; index++) {
    const line = fields[index] as FieldLine;
    const nameEnd = at + line[0].length;
    const valueStart = nameEnd + 2;
    const valueEnd = valueStart + line[1].length;
    if (nameEnd === at || skipTchars(bytes, at, nameEnd) < nameEnd) throw nameError(line);
    if (skipFieldContent(bytes, valueStart, valueEnd) < valueEnd) throw valueError(line);
    // RFC 9110 §5.5: a recipient would strip this white space. After an empty value comes CR, which is not white space.
    if (isWhiteSpace(bytes[valueStart]!) || isWhiteSpace(line[1].charCodeAt(line[1].length - 1))) {
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

/** Whether `text` consists of visible ASCII, a superset of the chars in RFC 9112 §3.2 without white space. */
function isTarget(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit <= 0x20 || unit >= 0x7f) return false;
  }
  return text.length > 0;
}

/** reason-phrase = 1*( HTAB / SP / VCHAR / obs-text ), or empty (RFC 9112 §4) */
function isReasonPhrase(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isFieldContent(text.charCodeAt(at))) return false;
  return true;
}
