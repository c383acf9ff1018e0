/** The layout of a frame header, bit by bit, and the opcodes (RFC 6455 §5.2). */

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

/** All opcodes that RFC 6455 defines, by name. */
export const opcodes = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

export const continuation = 0x0;
export const text = 0x1;
export const binary = 0x2;
export const close = 0x8;
export const ping = 0x9;
export const pong = 0xa;

/** An opcode defined by RFC 6455. */
export type Opcode = (typeof opcodes)[keyof typeof opcodes];

/** RFC 6455 §5.5: control frames are those whose opcode has its most significant bit set. */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}

/** RFC 6455 §5.2: 0x3-0x7 and 0xB-0xF are reserved. */
export function isReserved(opcode: number): boolean {
  return (opcode & 0x7) > 2;
}

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
