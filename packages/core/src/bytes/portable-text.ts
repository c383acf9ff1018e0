/**
 * UTF-8 (RFC 3629) both ways for platforms without TextDecoder or TextEncoder. Bundles for browsers and Workers, which have both, get
 * `platform-text-alone.ts` in place of this module.
 */
const { fromCharCode } = String;

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
    // Engines limit the length of an argument list; 4096 is far below all their limits.
    if (units.length >= 4096) {
      text += fromCharCode(...units);
      units.length = 0;
    }
  }
  return text + fromCharCode(...units);
}

/** Chars read and bytes written. */
export interface Progress {
  readonly read: number;
  readonly written: number;
}

/** Encodes without help from the platform as many whole characters as fit into `target[from, from + room)`. */
export function portableEncode(text: string, target: Uint8Array, from: number, room: number): Progress {
  const end = from + room;
  let at = from;
  let read = 0;
  while (read < text.length) {
    let point = text.codePointAt(read)!;
    if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    const length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
    if (at + length > end) break;
    read += length === 4 ? 2 : 1;
    if (length === 1) {
      target[at++] = point;
    } else if (length === 2) {
      target[at++] = 0xc0 | (point >> 6);
      target[at++] = 0x80 | (point & 0x3f);
    } else {
      if (length === 3) {
        target[at++] = 0xe0 | (point >> 12);
      } else {
        target[at++] = 0xf0 | (point >> 18);
        target[at++] = 0x80 | ((point >> 12) & 0x3f);
      }
      target[at++] = 0x80 | ((point >> 6) & 0x3f);
      target[at++] = 0x80 | (point & 0x3f);
    }
  }
  return { read, written: at - from };
}
