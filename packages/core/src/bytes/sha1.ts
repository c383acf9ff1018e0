/**
 * SHA-1 (RFC 3174) of messages of exactly 60 bytes: a Sec-WebSocket-Key and the GUID of RFC 6455 §1.3. It is not used
 * for security; it only proves that the server read the key.
 *
 * A message of 60 bytes fills two blocks, and the second contains only padding and the length. Its schedule is therefore
 * a constant, computed once, which saves 80 additions of schedule per hash. (bench/micro/opening.ts)
 */

/** Length of the message of `sha1Of60Bytes` in big-endian words. */
export const messageWords = 15;

const blockWords = 16;
const rounds = 80;

/** Schedule of the first block: scratch, by the rules of `scratch`. */
const schedule: Int32Array = new Int32Array(rounds);

/** Schedule of the second block: fourteen zero words, then the length of the message, 480 bits (RFC 3174 §4). */
const lengthSchedule: Int32Array = new Int32Array(rounds);
lengthSchedule[15] = 480;
expand(lengthSchedule);

/** Computes the digest of the 15 words of `words` into the five words of `digest`. */
export function sha1Of60Bytes(words: Int32Array, digest: Int32Array): void {
  for (let t = 0; t < messageWords; t++) schedule[t] = words[t]!;
  // RFC 3174 §4: a one bit follows the message. 60 bytes leave no room for the length in this block.
  schedule[messageWords] = 0x80000000 | 0;
  expand(schedule);
  // RFC 3174 §6.1: initial values of H0 to H4.
  digest[0] = 0x67452301;
  digest[1] = 0xefcdab89 | 0;
  digest[2] = 0x98badcfe | 0;
  digest[3] = 0x10325476;
  digest[4] = 0xc3d2e1f0 | 0;
  compress(schedule, digest);
  compress(lengthSchedule, digest);
}

/** Fills words 16 to 79 from the first 16 (RFC 3174 §6.1 step b). */
function expand(words: Int32Array): void {
  for (let t = blockWords; t < rounds; t++) {
    const word = words[t - 3]! ^ words[t - 8]! ^ words[t - 14]! ^ words[t - 16]!;
    words[t] = (word << 1) | (word >>> 31);
  }
}

/** Adds one block to the digest (RFC 3174 §6.1 steps c to e). Each loop is one of the four functions of §5. */
function compress(words: Int32Array, digest: Int32Array): void {
  let a = digest[0]!;
  let b = digest[1]!;
  let c = digest[2]!;
  let d = digest[3]!;
  let e = digest[4]!;
  let next = 0;
  for (let t = 0; t < 20; t++) {
    next = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + e + 0x5a827999 + words[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 20; t < 40; t++) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + words[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 40; t < 60; t++) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + 0x8f1bbcdc + words[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 60; t < 80; t++) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0xca62c1d6 + words[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  digest[0] = (digest[0]! + a) | 0;
  digest[1] = (digest[1]! + b) | 0;
  digest[2] = (digest[2]! + c) | 0;
  digest[3] = (digest[3]! + d) | 0;
  digest[4] = (digest[4]! + e) | 0;
}
