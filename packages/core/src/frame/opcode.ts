/** Opcodes of frames (RFC 6455 §5.2). */

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
