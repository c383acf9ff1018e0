/** The bytes that hostile clients send. Those that are slow to make are made once, on first use. */
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { portableCodec } from "@hybi/permessage-deflate";
import { concatBytes } from "../bytes/bytes.ts";

/** RSV1, which marks a compressed message (RFC 7692 §6). */
const compressed = 0x40;

/** A key of four different bytes, so that unmasking cannot be skipped. */
const maskingKey = 0x2143_6587;

/** Bytes per write of a flood of small frames: about a quarter of what a server reads at a time. */
const floodLength = 16_384;

export interface FrameShape {
  readonly final?: boolean;
  readonly compressed?: boolean;
}

/** Encodes one frame of a client. */
export function frame(opcode: number, payload: Uint8Array, shape: FrameShape = {}): Uint8Array {
  const { final = true } = shape;
  return encodeFrame({ opcode, payload, final, maskingKey, rsv: shape.compressed === true ? compressed : 0 });
}

/** Repeats `bytes` to fill one write of a flood. */
export function flood(bytes: Uint8Array): Uint8Array {
  return repeat(bytes, Math.ceil(floodLength / bytes.length));
}

export function repeat(bytes: Uint8Array, count: number): Uint8Array {
  const all = new Uint8Array(bytes.length * count);
  for (let index = 0; index < count; index++) all.set(bytes, index * bytes.length);
  return all;
}

/** Returns a function that calls `make` on first use and then returns the same value. */
export function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Returns the payload of a message that inflates to `length` zeros; it is about a thousandth as long. */
export function bomb(length: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const deflater = portableCodec.createDeflater({ windowBits: 15, level: 9, memoryLevel: 9 });
  const zeros = new Uint8Array(65_536);
  for (let left = length; left > 0; left -= zeros.length) {
    const step = Math.min(left, zeros.length);
    deflater.push(zeros, 0, step, left <= zeros.length, (bytes, start, end) => {
      parts.push(bytes.slice(start, end));
      return true;
    });
  }
  deflater.close();
  return concatBytes(parts);
}

/** Returns `count` stored blocks of length 0 (RFC 1951 §3.2.4), which inflate to nothing, however many there are. */
export function emptyBlocks(count: number): Uint8Array {
  return repeat(Uint8Array.of(0x00, 0x00, 0x00, 0xff, 0xff), count);
}

/** Returns a complete message of zeros in one frame. */
export function zeros(length: number): Uint8Array {
  return frame(opcodes.binary, new Uint8Array(length));
}

const fixedFields = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

/** Returns an opening request for `resource` at `authority`, with additional fields if given. */
export function openingRequest(authority: string, resource: string, more: readonly string[] = []): Uint8Array {
  const lines = [`GET ${resource} HTTP/1.1`, `Host: ${authority}`, ...fixedFields, ...more, "", ""];
  return new TextEncoder().encode(lines.join("\r\n"));
}

export const deflateOffer = "Sec-WebSocket-Extensions: permessage-deflate";

/** Offers of unknown extensions, as many as fit into the usual limits of a head. */
export const manyOffers: readonly string[] = [
  `Sec-WebSocket-Extensions: ${"a,".repeat(3_500)}permessage-deflate`,
  `Sec-WebSocket-Extensions: x${";a".repeat(3_500)}`,
];
