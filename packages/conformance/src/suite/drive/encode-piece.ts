/** Encodes what a case sends: frames that follow the specification or break it (RFC 6455 §5.2). */

import type { Role } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { concatBytes, hexBytes } from "@hybi/testing/wire";
import type { FrameSpec, MessageSpec, Piece } from "../case.ts";
import { payloadBytes } from "../payload.ts";
import type { Compressor } from "./deflate.ts";

/** A fixed key, so that transcripts can be compared; any key is good enough for a test. */
const testKey = 0x5ac3_1e87;

/** Encodes `piece` as an endpoint in the role `sender` would send it; `index` varies its payload. */
export function encodePiece(piece: Piece, sender: Role, compressor: Compressor | undefined, index = 0): Uint8Array {
  if ("raw" in piece) return hexBytes(piece.raw);
  return "message" in piece ? encodeMessage(piece, sender, compressor, index) : encodeOne(piece, sender);
}

function encodeMessage(spec: MessageSpec, sender: Role, compressor: Compressor | undefined, index: number): Uint8Array {
  const plain = payloadBytes(spec.payload, index);
  const isCompressed = spec.compress === true && compressor !== undefined;
  const payload = isCompressed ? compressor.compress(spec.message, plain) : plain;
  const size = spec.fragment ?? Math.max(1, payload.length);
  const frames: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < payload.length; at += size) {
    const isFirst = at === 0;
    frames.push(
      encodeFrame({
        opcode: isFirst ? opcodes[spec.message] : opcodes.continuation,
        payload: payload.subarray(at, at + size),
        final: at + size >= payload.length,
        // RFC 7692 §6.1: on the first frame of the message only.
        rsv: isFirst && isCompressed ? 0x40 : 0,
        maskingKey: sender === "client" ? testKey : undefined,
      }),
    );
  }
  return concatBytes(frames);
}

function encodeOne(spec: FrameSpec, sender: Role): Uint8Array {
  const isMasked = (sender === "client") !== (spec.masking === "wrong");
  const frame = encodeFrame({
    opcode: spec.opcode,
    payload: payloadBytes(spec.payload ?? ""),
    final: spec.final ?? true,
    rsv: (spec.rsv ?? 0) << 4,
    maskingKey: isMasked ? (spec.masking === "zero" ? 0 : testKey) : undefined,
  });
  return spec.lengthBytes === undefined && spec.announced === undefined ? frame : rewriteLength(frame, spec, isMasked);
}

/** Replaces the length by one in more bytes than needed, or by one that announces a longer payload. */
function rewriteLength(frame: Uint8Array, { lengthBytes, announced }: FrameSpec, isMasked: boolean): Uint8Array {
  const short = (frame[1] ?? 0) & 0x7f;
  const headerEnd = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  const payloadLength = frame.length - headerEnd - (isMasked ? 4 : 0);
  const length = announced === undefined ? BigInt(payloadLength) : BigInt(`0x${announced}`);
  const size = lengthBytes ?? (length < 126n ? 0 : length < 65_536n ? 2 : 8);
  const extended = size === 0 ? "" : length.toString(16).padStart(2 * size, "0");
  const second = (isMasked ? 0x80 : 0) | (size === 0 ? Number(length) : size === 2 ? 126 : 127);
  return concatBytes([Uint8Array.of(frame[0] ?? 0, second), hexBytes(extended), frame.subarray(headerEnd)]);
}
