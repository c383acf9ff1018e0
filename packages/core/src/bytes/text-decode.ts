/**
 * Decodes UTF-8 bytes into text (RFC 3629). A leading U+FEFF is an ordinary character here, because RFC 6455 §8.1
 * defines no byte order mark for messages; TextDecoder needs `ignoreBOM` for that.
 *
 * The fastest way depends on the length (bench/micro/utf8.ts): one call of String.fromCharCode for up to 16 ASCII bytes,
 * then the native functions, then TextDecoder.
 */
import { booleanOf, textOf } from "../checks/callback-result.ts";
import type { NativeFunctions } from "../vocabulary/native-functions.ts";
import { type Decoder, type DecoderConstructor, exactDecoder } from "./platform-text.ts";
import { portableDecode } from "./portable-text.ts";
import { skipAscii, type Utf8State, utf8Boundary, validateUtf8 } from "./utf8.ts";
import { viewOf } from "./view-cache.ts";

const PlatformDecoder = (globalThis as { TextDecoder?: DecoderConstructor }).TextDecoder;

/** For mostly-ASCII text. Never streams: on Node up to 22, one streaming call makes the instance slow for ASCII permanently. */
const asciiDecoder: Decoder | undefined = exactDecoder(PlatformDecoder, false);
/** For other text: on Node up to 22, that same streaming call makes the instance twice as fast here. No difference elsewhere. */
const otherDecoder: Decoder | undefined = exactDecoder(PlatformDecoder, true) ?? asciiDecoder;

const { fromCharCode } = String;

/** What a decoder emits for invalid UTF-8. Valid text may contain it too. */
const replacement = "\ufffd";

/** Texts up to this length are built byte by byte. */
const shortText = 16;

/** Decodes `bytes[start, end)`. Returns undefined if they are not UTF-8. */
export function decodeText(bytes: Uint8Array, start: number, end: number, native: NativeFunctions): string | undefined {
  const length = end - start;
  if (length <= shortText) {
    const text = decodeShortAscii(bytes, start, length);
    if (text !== undefined) return text;
  }
  if (native.decodeAscii !== undefined && skipAscii(bytes, start, end) === end)
    return textOf("decodeAscii", native.decodeAscii(bytes, start, end));
  if (native.decodeUtf8 === undefined && asciiDecoder === undefined) {
    return isUtf8(bytes, start, end, native) ? portableDecode(bytes, start, end) : undefined;
  }
  // Searching the text for the replacement character is cheaper than validating the bytes (bench/micro/utf8.ts).
  const text = decodeLenient(bytes, start, end, native);
  return text.includes(replacement) && !isUtf8(bytes, start, end, native) ? undefined : text;
}

/** Decodes `bytes[start, end)`, which must be valid UTF-8. `ascii` is whether all of them are ASCII. */
export function decodeValidText(
  bytes: Uint8Array,
  start: number,
  end: number,
  ascii: boolean,
  native: NativeFunctions,
): string {
  if (ascii) {
    if (native.decodeAscii !== undefined) return textOf("decodeAscii", native.decodeAscii(bytes, start, end));
    if (end - start <= shortText) return decodeShortAscii(bytes, start, end - start)!;
  }
  return decodeLenient(bytes, start, end, native);
}

/** Whether `bytes[start, end)` is UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number, end: number, native: NativeFunctions): boolean {
  if (native.isUtf8 !== undefined) return booleanOf("isUtf8", native.isUtf8(bytes, start, end));
  return validateUtf8(utf8Boundary, bytes, start, end) === utf8Boundary;
}

/** From this length on, calling the native function pays off (bench/micro/utf8.ts). */
const nativeThreshold = 128;

/** Like `validateUtf8`, but lets the native function validate everything except sequences split at either end. */
export function continueUtf8(
  state: Utf8State,
  bytes: Uint8Array,
  start: number,
  end: number,
  native: NativeFunctions,
): Utf8State {
  if (native.isUtf8 === undefined || end - start < nativeThreshold) return validateUtf8(state, bytes, start, end);
  let first = start;
  // A sequence that began in an earlier range ends within three bytes.
  while (first < start + 3 && (bytes[first]! & 0xc0) === 0x80) first++;
  const before = validateUtf8(state, bytes, start, first);
  if (before !== utf8Boundary) return before < 0 ? before : validateUtf8(before, bytes, first, end);
  let last = end - 1;
  while (last > end - 4 && (bytes[last]! & 0xc0) === 0x80) last--;
  // If the native function says no, the portable validator still has to find the offending byte.
  const from = booleanOf("isUtf8", native.isUtf8(bytes, first, last)) ? last : first;
  return validateUtf8(utf8Boundary, bytes, from, end);
}

/** Decodes with replacement characters for invalid bytes. Without any decoder, `bytes[start, end)` must be UTF-8. */
function decodeLenient(bytes: Uint8Array, start: number, end: number, native: NativeFunctions): string {
  if (native.decodeUtf8 !== undefined) return textOf("decodeUtf8", native.decodeUtf8(bytes, start, end));
  if (asciiDecoder === undefined) return portableDecode(bytes, start, end);
  const decoder = looksAscii(bytes, start, end) ? asciiDecoder : otherDecoder!;
  return decoder.decode(start === 0 && end === bytes.length ? bytes : viewOf(bytes, start, end));
}

/** Guesses from a few bytes at the start, where JSON is ASCII, and in the middle. A wrong guess only costs speed. */
function looksAscii(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 8) return true;
  const middle = (start + end) >>> 1;
  const some =
    bytes[start]! |
    bytes[start + 1]! |
    bytes[start + 2]! |
    bytes[start + 3]! |
    bytes[middle]! |
    bytes[middle + 1]! |
    bytes[middle + 2]! |
    bytes[middle + 3]!;
  return some < 0x80;
}

/**
 * Decodes at most 16 bytes, or returns undefined if one is not ASCII. One call makes one flat string, with no rope to
 * flatten.
 */
function decodeShortAscii(b: Uint8Array, i: number, length: number): string | undefined {
  if (length === 16) return decodeSixteen(b, i);
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
    default:
      // Two flat halves. The engine copies strings of fewer than 13 characters flat, and flattens longer ones at first use.
      return decodeShortAscii(b, i, 8)! + decodeShortAscii(b, i + 8, length - 8)!;
  }
}

/** The same for 16 bytes, each read once: a quarter less time than checking first and reading again (bench/micro/utf8.ts). */
function decodeSixteen(b: Uint8Array, i: number): string | undefined {
  const [b0, b1, b2, b3] = [b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!];
  const [b4, b5, b6, b7] = [b[i + 4]!, b[i + 5]!, b[i + 6]!, b[i + 7]!];
  const [b8, b9, b10, b11] = [b[i + 8]!, b[i + 9]!, b[i + 10]!, b[i + 11]!];
  const [b12, b13, b14, b15] = [b[i + 12]!, b[i + 13]!, b[i + 14]!, b[i + 15]!];
  const all = b0 | b1 | b2 | b3 | b4 | b5 | b6 | b7 | b8 | b9 | b10 | b11 | b12 | b13 | b14 | b15;
  if (all > 0x7f) return undefined;
  return fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15);
}
