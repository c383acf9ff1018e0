/** A decoder of frames that is written by hand from RFC 6455 §5.2: it judges the code under test, and shares nothing with it. */
import { concatBytes } from "@hybi/testing/wire";

/** A frame read from the wire, unmasked. */
export interface ReadFrame {
  readonly opcode: number;
  readonly final: boolean;
  readonly rsv: number;
  /** The four bytes of the masking key, or undefined when the frame was not masked. */
  readonly key: Uint8Array | undefined;
  readonly payload: Uint8Array;
}

/** Every frame of `chunks`, parsed by RFC 6455 §5.2; throws when the last one is cut or a length is not minimal. */
export function readFrames(chunks: Iterable<Uint8Array>): ReadFrame[] {
  const wire = concatBytes(chunks);
  const view = new DataView(wire.buffer);
  const found: ReadFrame[] = [];
  let at = 0;
  while (at < wire.length) {
    const first = view.getUint8(at);
    const second = view.getUint8(at + 1);
    at += 2;
    let length = second & 0x7f;
    if (length === 126) {
      length = view.getUint16(at);
      at += 2;
      if (length < 126) throw new Error("the length is not minimal");
    } else if (length === 127) {
      length = Number(view.getBigUint64(at));
      at += 8;
      if (length < 65_536) throw new Error("the length is not minimal");
    }
    const key = (second & 0x80) === 0 ? undefined : wire.slice(at, at + 4);
    if (key !== undefined) at += 4;
    if (at + length > wire.length) throw new Error("the last frame is cut");
    const payload = wire.slice(at, at + length);
    if (key !== undefined) {
      for (let index = 0; index < length; index++) payload[index] = (payload[index] ?? 0) ^ (key[index % 4] ?? 0);
    }
    found.push({ opcode: first & 0x0f, final: (first & 0x80) !== 0, rsv: first & 0x70, key, payload });
    at += length;
  }
  return found;
}
