/**
 * Text with one byte per char: ASCII, and the opaque bytes 0x80 to 0xFF that HTTP permits as obs-text (RFC 9110 §5.5).
 * Case-insensitive comparison folds only ASCII letters, as RFC 6455 §2.1 defines it.
 */
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import { scratchOf } from "./scratch.ts";
import { encodeText, maxUtf8Length } from "./text-encode.ts";

const { fromCharCode } = String;

/** Decodes `bytes[start, end)` as Latin-1, one char per byte. */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let at = start;
  // Eight chars per call: the argument list needs no array, and the rope stays shallow.
  for (; at + 8 <= end; at += 8) {
    text += fromCharCode(
      bytes[at]!,
      bytes[at + 1]!,
      bytes[at + 2]!,
      bytes[at + 3]!,
      bytes[at + 4]!,
      bytes[at + 5]!,
      bytes[at + 6]!,
      bytes[at + 7]!,
    );
  }
  for (; at < end; at++) text += fromCharCode(bytes[at]!);
  return text;
}

/**
 * Encodes `text` as Latin-1, one byte per char. A char above U+00FF becomes NUL. No valid head contains NUL, so the
 * checks of the encoded bytes detect it.
 */
export function encodeLatin1(text: string): Uint8Array {
  const room = scratchOf(maxUtf8Length(text));
  // ASCII is one byte per char in UTF-8 too, and the platform's encoder is faster than any loop here.
  if (encodeText(text, room, 0, noNativeFunctions) > text.length) {
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      room[at] = unit <= 0xff ? unit : 0;
    }
  }
  return room.slice(0, text.length);
}

/** Whether `text` equals `lower`, which must be in lower case, ignoring the case of ASCII letters (RFC 6455 §2.1). */
export function equalsIgnoringCase(text: string, lower: string): boolean {
  if (text === lower) return true;
  if (text.length !== lower.length) return false;
  for (let at = 0; at < text.length; at++) {
    if (lowerCaseUnit(text.charCodeAt(at)) !== lower.charCodeAt(at)) return false;
  }
  return true;
}

/** Returns `text` with its ASCII letters in lower case and everything else unchanged. */
export function toAsciiLowerCase(text: string): string {
  let isLower = true;
  let isAscii = true;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (lowerCaseUnit(unit) !== unit) isLower = false;
    if (unit > 0x7f) isAscii = false;
  }
  if (isLower) return text;
  if (isAscii) return text.toLowerCase();
  // Not a regular expression with a callback: it needs stack, of which there is little in some engines, and the peer chooses the text.
  let lower = "";
  for (let at = 0; at < text.length; at++) lower += fromCharCode(lowerCaseUnit(text.charCodeAt(at)));
  return lower;
}

function lowerCaseUnit(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
}
