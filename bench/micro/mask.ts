/**
 * Ways to mask, and the lengths from which each is the fastest, in ns per payload: `tsx bench/micro/mask.ts`. The
 * thresholds in packages/core/src/frame/mask.ts come from here.
 */
import { mask, maskBytes } from "../subject.ts";
import { leastTime, printRow } from "./least-time.ts";

const buffer = new ArrayBuffer(131_072);
const bytes = new Uint8Array(buffer);
const words = new Int32Array(buffer);
const longWords = new BigInt64Array(buffer);
const key = 0x1234_5678;

/** One key, rotated from byte to byte: each step waits for the one before. */
function turnedKey(start: number, end: number): void {
  let turned = key;
  for (let index = start; index < end; index++) {
    bytes[index] = (bytes[index] as number) ^ turned;
    turned = (turned >>> 8) | (turned << 24);
  }
}

/** 32-bit words, with up to three single bytes at both ends. */
function wordsAndBytes(start: number, end: number): void {
  const head = start + (-start & 3);
  const tail = end - (end & 3);
  maskBytes(bytes, start, head, key);
  for (let index = head >>> 2; index < tail >>> 2; index++) words[index] = (words[index] as number) ^ key;
  maskBytes(bytes, tail, end, key);
}

/** 64-bit words alone, for a payload that happens to be aligned. */
function alignedLongWords(start: number, end: number): void {
  const long = BigInt.asIntN(64, (BigInt(key) << 32n) | BigInt(key));
  for (let index = start >>> 3; index < end >>> 3; index++) longWords[index] = (longWords[index] as bigint) ^ long;
}

printRow("bytes", ["bytes, rotated key", "bytes, four per step", "words and bytes", "long words", "mask"]);
for (const size of [4, 8, 12, 16, 20, 24, 32, 64, 125, 256, 512, 1024, 4096, 16_384, 65_536]) {
  // Each alignment in turn, as payloads follow each other in a chunk.
  const at = (index: number): number => 64 + (index & 31);
  const turns = Math.max(200, Math.floor(4_000_000 / (size + 40)));
  printRow(String(size), [
    leastTime(turns, (index) => turnedKey(at(index), at(index) + size)),
    leastTime(turns, (index) => maskBytes(bytes, at(index), at(index) + size, key)),
    leastTime(turns, (index) => wordsAndBytes(at(index), at(index) + size)),
    leastTime(turns, () => alignedLongWords(64, 64 + size)),
    leastTime(turns, (index) => mask(bytes, at(index), at(index) + size, key)),
  ]);
}
