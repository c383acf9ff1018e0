/** Encodes a single frame without a connection: for tests, tools and peers that break the rules on purpose. */

import { noBytes } from "../bytes/byte-arrays.ts";
import { writeKey } from "./frame-encoder.ts";
import { finBit, headerLength, maskBit, writeHeader } from "./header.ts";
import { type MaskingKey, mask } from "./mask.ts";

/** A frame to encode. Nothing is checked; illegal frames are encoded too. */
export interface FrameToEncode {
  /** The opcode, 0x0 to 0xF. */
  readonly opcode: number;
  readonly payload?: Uint8Array | undefined;
  /** FIN; true by default. */
  readonly final?: boolean | undefined;
  /** RSV1–3 at their position in the first byte: 0x40, 0x20, 0x10. None by default. */
  readonly rsv?: number | undefined;
  /** The masking key, first byte lowest; undefined leaves the frame unmasked. */
  readonly maskingKey?: MaskingKey | undefined;
}

/** Encodes `frame` into a new array; copies its payload. */
export function encodeFrame(frame: FrameToEncode): Uint8Array {
  const { opcode, payload = noBytes, final = true, rsv = 0, maskingKey } = frame;
  const masked = maskingKey !== undefined;
  const bytes = new Uint8Array(headerLength(payload.length, masked) + payload.length);
  let at = writeHeader(bytes, 0, (final ? finBit : 0) | rsv | opcode, masked ? maskBit : 0, payload.length);
  if (masked) at = writeKey(bytes, at, maskingKey);
  bytes.set(payload, at);
  if (masked) mask(bytes, at, bytes.length, maskingKey);
  return bytes;
}
