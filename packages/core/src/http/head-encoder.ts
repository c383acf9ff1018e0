/**
 * Writes the head of an HTTP/1.1 message (RFC 9112 §3–5). What the application supplied is checked here, at the last
 * moment before it becomes bytes: nothing that could end a line, or a head, gets onto the wire.
 */
import { encodeLatin1 } from "../bytes/ascii.ts";
import { UsageError } from "../usage-error.ts";
import type { Fields } from "./fields.ts";
import { isFieldContent, isFieldValue, isToken } from "./grammar.ts";
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
  for (const [name, value] of fields) {
    if (!isToken(name)) throw new UsageError("http/field-name", `The name was ${JSON.stringify(name)}.`);
    if (!isFieldValue(value)) throw new UsageError("http/field-value", `The field was ${name}.`);
  }
}

function encodeHead(startLine: string, fields: Fields): Uint8Array {
  assertSendable(fields);
  let text = startLine;
  for (const [name, value] of fields) text += `${name}: ${value}\r\n`;
  return encodeLatin1(`${text}\r\n`);
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
