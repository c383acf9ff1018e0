/** The header of a frame, bit by bit (RFC 6455 §5.2). */

/** In the first byte. */
export const finBit = 0x80;
export const rsv1Bit = 0x40;
export const rsv2Bit = 0x20;
export const rsv3Bit = 0x10;
export const rsvBits = 0x70;
export const opcodeBits = 0x0f;

/** In the second byte. */
export const maskBit = 0x80;
export const lengthBits = 0x7f;

/** Values of the 7-bit length that announce a longer one. */
export const length16 = 126;
export const length64 = 127;

/** RFC 6455 §5.5: the longest payload of a control frame, in bytes. */
export const maxControlPayload = 125;

/** 2 bytes, 8 of extended length, 4 of masking key. */
export const maxHeaderLength = 14;

/** Bytes of the header of a frame with `length` bytes of payload. */
export function headerLength(length: number, masked: boolean): number {
  return (length < length16 ? 2 : length < 65_536 ? 4 : 10) + (masked ? 4 : 0);
}

/**
 * Writes everything of a header up to the masking key; answers the index after it. The length takes the fewest bytes
 * that hold it, which is a MUST (RFC 6455 §5.2).
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

/** Network byte order (RFC 6455 §5.2). */
export function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}
