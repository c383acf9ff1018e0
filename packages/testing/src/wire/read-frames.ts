/** Reads frames from the wire by following the text of RFC 6455 §5.2, independently of the codec. */

/** A decoded, unmasked frame. */
export interface ReadFrame {
  readonly opcode: number;
  readonly final: boolean;
  /** RSV1–3 as in the first byte: 0x40, 0x20, 0x10. */
  readonly rsv: number;
  readonly masked: boolean;
  readonly payload: Uint8Array;
}

/**
 * Returns every frame in `bytes`. Slow and simple, so that it can serve as the reference for a codec.
 *
 * @throws RangeError when the last frame is incomplete, or a length uses more bytes than it needs
 */
export function readFrames(bytes: Uint8Array): ReadFrame[] {
  const frames: ReadFrame[] = [];
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError(`frame ${frames.length} is incomplete`);
    at += length;
    return bytes.slice(at - length, at);
  };
  const takeNumber = (length: number, least: number): number => {
    const number = take(length).reduce((value, byte) => value * 256 + byte, 0);
    // RFC 6455 §5.2: "the minimal number of bytes MUST be used to encode the length".
    if (number < least) throw new RangeError(`the length of frame ${frames.length} is not minimal`);
    return number;
  };
  while (at < bytes.length) {
    const [first = 0, second = 0] = take(2);
    const short = second & 0x7f;
    const length = short === 126 ? takeNumber(2, 126) : short === 127 ? takeNumber(8, 65_536) : short;
    const masked = (second & 0x80) !== 0;
    const key = masked ? take(4) : new Uint8Array(4);
    // RFC 6455 §5.3: octet i is XORed with octet i modulo 4 of the key.
    const payload = take(length).map((byte, index) => byte ^ (key[index % 4] ?? 0));
    frames.push({ opcode: first & 0x0f, final: (first & 0x80) !== 0, rsv: first & 0x70, masked, payload });
  }
  return frames;
}
