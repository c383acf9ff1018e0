/**
 * Masking (RFC 6455 §5.3): byte i of the payload is XORed with byte i mod 4 of the masking key. The same operation masks
 * and unmasks.
 *
 * A key is an integer whose lowest byte is the first byte of the key. On a little-endian machine this equals the key in
 * memory, so a word of payload is masked in one step. Below 16 bytes the code masks bytes, below 256 bytes 32-bit words,
 * and above that 64-bit words where the engine compiles them; the thresholds are measured in bench/micro/mask.ts.
 */
import { fastLongWords, littleEndian, longWordsOf, offsetOf, wordsOf } from "../bytes/view-cache.ts";

/** The masking key: 32 bits, first byte lowest. */
export type MaskingKey = number;

const wordThreshold = 16;
const longWordThreshold = 256;

/**
 * Returns the key for a payload that begins `phase` bytes after the position to which `key` is aligned (RFC 6455 §5.3: i
 * mod 4).
 */
export function rotateKey(key: MaskingKey, phase: number): MaskingKey {
  const bits = (phase & 3) << 3;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

/** Masks `bytes[start, end)` in place; `key` is aligned to `start`. */
export function mask(bytes: Uint8Array, start: number, end: number, key: MaskingKey): void {
  const length = end - start;
  if (length < wordThreshold || !littleEndian) maskBytes(bytes, start, end, key);
  else if (length < longWordThreshold || !fastLongWords) maskWords(bytes, start, end, key);
  else maskLongWords(bytes, start, end, key);
}

/** The definition of §5.3, byte by byte: used for short payloads, and as the reference for the other versions. */
export function maskBytes(bytes: Uint8Array, start: number, end: number, key: MaskingKey): void {
  const second = key >>> 8;
  const third = key >>> 16;
  const fourth = key >>> 24;
  let index = start;
  // Four independent steps are faster than rotating one key from byte to byte (bench/micro/mask.ts).
  for (const last = end - 3; index < last; index += 4) {
    bytes[index]! ^= key;
    bytes[index + 1]! ^= second;
    bytes[index + 2]! ^= third;
    bytes[index + 3]! ^= fourth;
  }
  if (index < end) bytes[index]! ^= key;
  if (index + 1 < end) bytes[index + 1]! ^= second;
  if (index + 2 < end) bytes[index + 2]! ^= third;
}

function maskWords(bytes: Uint8Array, start: number, end: number, key: MaskingKey): void {
  // Word indexes count from the start of the buffer, which need not be where the array begins.
  const offset = offsetOf(bytes);
  const from = offset + start;
  const to = offset + end;
  const words = wordsOf(bytes);
  const head = from & 3;
  const tail = to & 3;
  const aligned = rotateKey(key, 4 - head);
  let first = from >>> 2;
  const last = to >>> 2;
  // A word that belongs to the range only in part is masked with part of the key: zeros leave the neighboring bytes
  // unchanged. This takes a third of the time of masking up to three bytes one by one at both ends
  // (bench/micro/mask.ts).
  if (head !== 0) words[first++]! ^= aligned & (-1 << (head << 3));
  if (last === words.length) maskBytes(bytes, end - tail, end, aligned);
  else if (tail !== 0) words[last]! ^= aligned & ~(-1 << (tail << 3));
  maskShortWords(words, first, last, aligned);
}

// Without the views of 32-bit words, which would have to be created for every chunk, for up to 14 bytes.
function maskLongWords(bytes: Uint8Array, start: number, end: number, key: MaskingKey): void {
  const offset = offsetOf(bytes);
  const words = longWordsOf(bytes);
  const head = -(offset + start) & 7;
  const tail = (offset + end) & 7;
  const aligned = rotateKey(key, head);
  if (head !== 0) maskBytes(bytes, start, start + head, key);
  if (tail !== 0) maskBytes(bytes, end - tail, end, aligned);
  maskAligned(words, (offset + start + head) >>> 3, (offset + end - tail) >>> 3, aligned);
}

// Eight words per iteration: 85 % faster than one in V8 11, 55 % in JavaScriptCore.
function maskShortWords(words: Int32Array, start: number, end: number, key: number): void {
  let index = start;
  for (const last = end - 7; index < last; index += 8) {
    words[index]! ^= key;
    words[index + 1]! ^= key;
    words[index + 2]! ^= key;
    words[index + 3]! ^= key;
    words[index + 4]! ^= key;
    words[index + 5]! ^= key;
    words[index + 6]! ^= key;
    words[index + 7]! ^= key;
  }
  for (; index < end; index++) words[index]! ^= key;
}

// Only the form `words[i] ^= k` with `k` from asIntN is compiled to machine integers; anything else boxes. Sixteen words
// per iteration: 15 % faster than eight in V8, and 32 are slower again.
function maskAligned(words: BigInt64Array, start: number, end: number, key: number): void {
  const half = BigInt(key >>> 0);
  const long = BigInt.asIntN(64, (half << 32n) | half);
  let index = start;
  for (const last = end - 15; index < last; index += 16) {
    words[index]! ^= long;
    words[index + 1]! ^= long;
    words[index + 2]! ^= long;
    words[index + 3]! ^= long;
    words[index + 4]! ^= long;
    words[index + 5]! ^= long;
    words[index + 6]! ^= long;
    words[index + 7]! ^= long;
    words[index + 8]! ^= long;
    words[index + 9]! ^= long;
    words[index + 10]! ^= long;
    words[index + 11]! ^= long;
    words[index + 12]! ^= long;
    words[index + 13]! ^= long;
    words[index + 14]! ^= long;
    words[index + 15]! ^= long;
  }
  for (; index < end; index++) words[index]! ^= long;
}
