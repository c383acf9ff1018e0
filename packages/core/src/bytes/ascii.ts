/**
 * Text of which every char is one byte: ASCII, and the opaque bytes 0x80 to 0xFF that HTTP lets through as obs-text
 * (RFC 9110 §5.5). Comparison without case is that of ASCII only, as RFC 6455 §2.1 defines it: no other letter folds.
 */
import { portableHost } from "../host.ts";
import { encodeText, maxUtf8Length } from "./text-encode.ts";

const { fromCharCode } = String;

/** The chars of `bytes[start, end)`, one for each byte. */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let at = start;
  // Eight chars for each call: an argument list needs no array, and the rope stays shallow.
  for (; at + 8 <= end; at += 8) {
    text += fromCharCode(
      bytes[at] as number,
      bytes[at + 1] as number,
      bytes[at + 2] as number,
      bytes[at + 3] as number,
      bytes[at + 4] as number,
      bytes[at + 5] as number,
      bytes[at + 6] as number,
      bytes[at + 7] as number,
    );
  }
  for (; at < end; at++) text += fromCharCode(bytes[at] as number);
  return text;
}

/** Where text is written before its length in bytes is known: a new array costs more than writing it (bench/micro/opening.ts). */
const scratch: Uint8Array = new Uint8Array(4096);

/**
 * The bytes of `text`, one for each char. A char above U+00FF has none and becomes NUL, which nothing that is written here
 * may contain: whoever checks the bytes finds it.
 */
export function encodeLatin1(text: string): Uint8Array {
  const room = maxUtf8Length(text) <= scratch.length ? scratch : new Uint8Array(maxUtf8Length(text));
  // ASCII is one byte for each char in UTF-8 too, and the platform writes that faster than any loop here.
  if (encodeText(text, room, 0, portableHost) > text.length) {
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      room[at] = unit <= 0xff ? unit : 0;
    }
  }
  return room.slice(0, text.length);
}

/** Whether `text` is `lower`, which is in lower case, when the case of the ASCII letters is ignored (RFC 6455 §2.1). */
export function equalsIgnoringCase(text: string, lower: string): boolean {
  if (text === lower) return true;
  if (text.length !== lower.length) return false;
  for (let at = 0; at < text.length; at++) {
    if (lowerCaseUnit(text.charCodeAt(at)) !== lower.charCodeAt(at)) return false;
  }
  return true;
}

/** `text` with the ASCII letters in lower case and everything else as it was. */
export function toAsciiLowerCase(text: string): string {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (lowerCaseUnit(unit) !== unit) return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  }
  return text;
}

function lowerCaseUnit(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
}
