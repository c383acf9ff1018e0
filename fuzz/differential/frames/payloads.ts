/** Generates payloads, written in place. */
import type { Random } from "../../random.ts";

/** Returns a length: mostly short, often where the header changes, sometimes long. */
export function payloadLength(random: Random): number {
  const kind = random.below(2000);
  if (kind < 800) return random.below(9);
  if (kind < 1600) return random.below(60);
  if (kind < 1800) return 122 + random.below(8);
  if (kind < 1970) return random.below(400);
  if (kind < 1998) return random.below(2000);
  return 65_533 + random.below(6);
}

export function writeBinary(random: Random, target: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at += 4) {
    const word = random.uint32();
    for (let index = at; index < at + 4 && index < end; index++) target[index] = word >>> ((index - at) << 3);
  }
}

/** Writes UTF-8, and if `faulty` sometimes invalid bytes. */
export function writeText(random: Random, target: Uint8Array, start: number, end: number, faulty: boolean): void {
  const ascii = random.oneIn(2);
  let at = start;
  while (at < end) {
    if (faulty && random.oneIn(24)) at = write(target, at, end, random.of(notUtf8));
    else if (ascii || random.oneIn(2)) target[at++] = 0x20 + random.below(0x5f);
    else at = write(target, at, end, random.of(characters));
  }
}

/** Writes `bytes`, or ASCII instead if they do not fit. */
function write(target: Uint8Array, start: number, end: number, bytes: readonly number[]): number {
  let at = start;
  if (end - start < bytes.length) while (at < end) target[at++] = 0x2e;
  else for (const byte of bytes) target[at++] = byte;
  return at;
}

const utf8 = (text: string): readonly number[] => [...new TextEncoder().encode(text)];

/** The first and last character of each encoded length, and the neighbors of the surrogates (RFC 3629 §3). */
const characters: readonly (readonly number[])[] = [
  ...["\u0000", "\u007f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufeff", "\ufffd", "\uffff", "\u{10000}"],
  ...["\u{10ffff}", "é", "한", "😀"],
].map(utf8);

/** Stray continuation bytes, and sequences that are cut, overlong, surrogates, or above U+10FFFF (RFC 3629 §3, §4). */
const notUtf8: readonly (readonly number[])[] = [
  [0x80],
  [0xbf],
  [0xff],
  [0xfe],
  [0xc0, 0x80],
  [0xc1, 0xbf],
  [0xc3],
  [0xe0, 0x9f, 0xbf],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xf0, 0x8f, 0xbf, 0xbf],
  [0xf0, 0x9f, 0x98],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
];
