/**
 * Masking (RFC 6455 §5.3): byte i of the payload is XORed with byte i mod 4 of the masking key. The same operation
 * masks and unmasks.
 *
 * A key is held as an integer whose lowest byte is the key's first: on a little-endian machine that is the key as it
 * lies in memory, and a word of payload is masked in one step. Bytes up to 20, 32-bit words up to 1 KiB, then 64-bit
 * words where the engine compiles them: the crossovers are measured in bench/micro/mask.ts.
 */
import { fastLongWords, littleEndian, longWordsOf, wordsOf } from "../bytes/words.ts";

/** The masking key: 32 bits, first byte lowest. */
export type MaskingKey = number;

const wordThreshold = 20;
const longWordThreshold = 1024;

/** The key for a payload that begins `phase` bytes after where `key` is aligned (RFC 6455 §5.3: i mod 4). */
export function rotateKey(key: MaskingKey, phase: number): MaskingKey {
  const bits = (phase & 3) << 3;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

/** Masks `bytes[start, end)` in place; `key` applies from `start`. */
export function mask(bytes: Uint8Array, start: number, end: number, key: MaskingKey): void {
  if (end - start < wordThreshold || !littleEndian) maskBytes(bytes, start, end, key);
  else maskWords(bytes, start, end, key);
}

/** The definition of §5.3, one byte at a time: the short path, and what the others must equal. */
export function maskBytes(bytes: Uint8Array, start: number, end: number, key: MaskingKey): void {
  let turned = key;
  for (let index = start; index < end; index++) {
    bytes[index]! ^= turned;
    turned = (turned >>> 8) | (turned << 24);
  }
}

function maskWords(bytes: Uint8Array, start: number, end: number, key: MaskingKey): void {
  // Word indexes count from the start of the buffer, which need not be where the array begins.
  const base = bytes.byteOffset;
  const alignment = end - start >= longWordThreshold && fastLongWords ? 7 : 3;
  const head = start + (-(base + start) & alignment);
  const tail = end - ((base + end) & alignment);
  maskBytes(bytes, start, head, key);
  const aligned = rotateKey(key, head - start);
  if (alignment === 7) maskLongWords(longWordsOf(bytes), (base + head) >>> 3, (base + tail) >>> 3, aligned);
  else maskShortWords(wordsOf(bytes), (base + head) >>> 2, (base + tail) >>> 2, aligned);
  maskBytes(bytes, tail, end, aligned);
}

// Eight words a turn: 85 % faster than one in V8 11, 55 % in JavaScriptCore.
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

// Only the form `words[i] ^= k` with `k` from asIntN is compiled to machine integers; anything else boxes.
function maskLongWords(words: BigInt64Array, start: number, end: number, key: number): void {
  const half = BigInt(key >>> 0);
  const long = BigInt.asIntN(64, (half << 32n) | half);
  let index = start;
  for (const last = end - 7; index < last; index += 8) {
    words[index]! ^= long;
    words[index + 1]! ^= long;
    words[index + 2]! ^= long;
    words[index + 3]! ^= long;
    words[index + 4]! ^= long;
    words[index + 5]! ^= long;
    words[index + 6]! ^= long;
    words[index + 7]! ^= long;
  }
  for (; index < end; index++) words[index]! ^= long;
}
