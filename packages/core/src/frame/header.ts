/** The layout of a frame header, bit by bit (RFC 6455 §5.2). */

/** Bits of the first byte. */
export const finBit = 0x80;
export const rsv1Bit = 0x40;
export const rsv2Bit = 0x20;
export const rsv3Bit = 0x10;
export const rsvBits = 0x70;
export const opcodeBits = 0x0f;

/** Bits of the second byte. */
export const maskBit = 0x80;
export const lengthBits = 0x7f;

/** Values of the 7-bit length that announce an extended length. */
export const length16 = 126;
export const length64 = 127;

/** RFC 6455 §5.5: maximum payload of a control frame, in bytes. */
export const maxControlPayload = 125;

/** 2 bytes, 8 of extended length, 4 of masking key. */
export const maxHeaderLength = 14;

/** Returns the length in bytes of the header of a frame with `length` bytes of payload. */
export function headerLength(length: number, masked: boolean): number {
  return (length < length16 ? 2 : length < 65_536 ? 4 : 10) + (masked ? 4 : 0);
}

/**
 * Writes a header up to the masking key and returns the index after it. The length takes the fewest bytes possible,
 * which is a MUST (RFC 6455 §5.2).
 */
export function writeHeader(
  target: Uint8Array,
  at: number,
  firstByte: number,
  secondByteMaskBit: number,
  length: number,
): number {
  target[at] = firstByte;
  if (length < length16) {
    target[at + 1] = secondByteMaskBit | length;
    return at + 2;
  }
  if (length < 65_536) {
    target[at + 1] = secondByteMaskBit | length16;
    target[at + 2] = length >>> 8;
    target[at + 3] = length;
    return at + 4;
  }
  target[at + 1] = secondByteMaskBit | length64;
  writeUint32(target, at + 2, Math.floor(length / 0x1_0000_0000));
  writeUint32(target, at + 6, length >>> 0);
  return at + 10;
}

/** Writes a 32-bit integer in network byte order (RFC 6455 §5.2). */
export function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}
