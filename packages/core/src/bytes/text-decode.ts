/**
 * Text out of UTF-8 bytes (RFC 3629). U+FEFF at the start is a character like any other here (RFC 6455 §8.1 gives a
 * message no byte order mark), which TextDecoder has to be told.
 *
 * Each size has its own fastest way (bench/micro/utf8.ts): up to 16 ASCII bytes one call of String.fromCharCode; then
 * the host's functions; then TextDecoder.
 */
import type { HostFunctions } from "../host.ts";
import { skipAscii, utf8Boundary, validateUtf8 } from "./utf8.ts";

interface Decoder {
  decode(bytes: Uint8Array, options?: { stream: boolean }): string;
}
interface DecoderConstructor {
  new (label: string, options: { fatal: boolean; ignoreBOM: boolean }): Decoder;
}

const PlatformDecoder = (globalThis as { TextDecoder?: DecoderConstructor }).TextDecoder;

/** Decodes mostly-ASCII text. Never streams: one streaming call makes an instance of Node up to 22 slow for ASCII for good. */
const asciiDecoder = newDecoder(false);
/** Decodes other text: the very same streaming call makes Node up to 22 twice as fast there. No difference elsewhere. */
const otherDecoder = newDecoder(true);

function newDecoder(streamed: boolean): Decoder | undefined {
  if (PlatformDecoder === undefined) return undefined;
  const decoder = new PlatformDecoder("utf-8", { fatal: true, ignoreBOM: true });
  if (streamed) {
    decoder.decode(new Uint8Array(0), { stream: true });
    decoder.decode(new Uint8Array(0));
  }
  return decoder;
}

const { fromCharCode } = String;

/** Up to here a string is built byte by byte. */
const shortText = 16;

/** The text of `bytes[start, end)`, or undefined where they are not UTF-8. */
export function decodeText(bytes: Uint8Array, start: number, end: number, host: HostFunctions): string | undefined {
  const length = end - start;
  if (length <= shortText) {
    const text = decodeShortAscii(bytes, start, length);
    if (text !== undefined) return text;
  }
  if (host.decodeAscii !== undefined && skipAscii(bytes, start, end) === end)
    return host.decodeAscii(bytes, start, end);
  if (host.decodeUtf8 !== undefined || asciiDecoder === undefined) {
    return isUtf8(bytes, start, end, host) ? decodeValid(bytes, start, end, host) : undefined;
  }
  try {
    return platformDecode(bytes, start, end);
  } catch {
    return undefined;
  }
}

/** The text of `bytes[start, end)`, which have been validated. */
export function decodeValidText(bytes: Uint8Array, start: number, end: number, host: HostFunctions): string {
  if (end - start <= shortText) {
    const text = decodeShortAscii(bytes, start, end - start);
    if (text !== undefined) return text;
  }
  return decodeValid(bytes, start, end, host);
}

/** Whether `bytes[start, end)` is UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number, end: number, host: HostFunctions): boolean {
  if (host.isUtf8 !== undefined) return host.isUtf8(bytes, start, end);
  return validateUtf8(utf8Boundary, bytes, start, end) === utf8Boundary;
}

function decodeValid(bytes: Uint8Array, start: number, end: number, host: HostFunctions): string {
  if (host.decodeUtf8 !== undefined) return host.decodeUtf8(bytes, start, end);
  return asciiDecoder === undefined ? portableDecode(bytes, start, end) : platformDecode(bytes, start, end);
}

function platformDecode(bytes: Uint8Array, start: number, end: number): string {
  const range = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
  const ascii = skipAscii(bytes, start, Math.min(end, start + 16)) === Math.min(end, start + 16);
  return (ascii ? asciiDecoder : otherDecoder)!.decode(range);
}

/** Decodes valid UTF-8 without help from the platform. */
export function portableDecode(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  const units: number[] = [];
  let at = start;
  while (at < end) {
    const first = bytes[at++]!;
    if (first < 0x80) units.push(first);
    else if (first < 0xe0) units.push(((first & 0x1f) << 6) | (bytes[at++]! & 0x3f));
    else if (first < 0xf0) {
      units.push(((first & 0x0f) << 12) | ((bytes[at++]! & 0x3f) << 6) | (bytes[at++]! & 0x3f));
    } else {
      const point =
        (((first & 0x07) << 18) |
          ((bytes[at++]! & 0x3f) << 12) |
          ((bytes[at++]! & 0x3f) << 6) |
          (bytes[at++]! & 0x3f)) -
        0x1_0000;
      units.push(0xd800 | (point >>> 10), 0xdc00 | (point & 0x3ff));
    }
    // An argument list has a limit; this is far from every engine's.
    if (units.length >= 4096) {
      text += fromCharCode(...units);
      units.length = 0;
    }
  }
  return text + fromCharCode(...units);
}

/** At most 16 bytes as text, or undefined where one is not ASCII. One call makes one flat string, with no rope to flatten. */
function decodeShortAscii(b: Uint8Array, i: number, length: number): string | undefined {
  let all = 0;
  for (let at = i; at < i + length; at++) all |= b[at]!;
  if (all > 0x7f) return undefined;
  switch (length) {
    case 0:
      return "";
    case 1:
      return fromCharCode(b[i]!);
    case 2:
      return fromCharCode(b[i]!, b[i + 1]!);
    case 3:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!);
    case 4:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!);
    case 5:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!);
    case 6:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!);
    case 7:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!);
    case 8:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!, b[i + 7]!);
    case 16:
      return fromCharCode(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
        b[i + 9]!,
        b[i + 10]!,
        b[i + 11]!,
        b[i + 12]!,
        b[i + 13]!,
        b[i + 14]!,
        b[i + 15]!,
      );
    default:
      // Two flat halves; fewer than 13 characters are copied flat by the engine, the rest is flattened at first use.
      return decodeShortAscii(b, i, 8)! + decodeShortAscii(b, i + 8, length - 8)!;
  }
}
