/** An independent frame encoder and decoder for the measurements, so that no implementation verifies itself. */
import type { Message } from "./workloads.ts";

const opcodes = { text: 1, binary: 2, ping: 9 } as const;

/** Encodes one frame; if `masked`, with a key that differs from frame to frame. */
export function encodeFrame(firstByte: number, payload: Uint8Array, masked: boolean, serial: number): Uint8Array {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + extended + (masked ? 4 : 0));
  header[0] = firstByte;
  header[1] = (masked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) header.writeUInt16BE(length, 2);
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([header, payload]);
  const key = Buffer.alloc(4);
  key.writeUInt32LE(Math.imul(serial + 1, 0x9e37_79b1) >>> 0);
  key.copy(header, header.length - 4);
  return Buffer.concat([header, payload.map((byte, index) => byte ^ (key[index & 3] as number))]);
}

/** Encodes a message as its frames. */
export function encodeMessage(message: Message, masked: boolean, serial: number): Uint8Array {
  const { kind, payload, fragmentSize = Math.max(1, payload.length) } = message;
  const frames: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < payload.length; at += fragmentSize) {
    const last = at + fragmentSize >= payload.length;
    const firstByte = (last ? 0x80 : 0) | (at === 0 ? opcodes[kind] : 0);
    frames.push(encodeFrame(firstByte, payload.subarray(at, at + fragmentSize), masked, serial + at));
  }
  return Buffer.concat(frames);
}

/** Decodes a complete stream of frames into messages. */
export function decodeMessages(stream: Uint8Array): Message[] {
  const messages: Message[] = [];
  let parts: Uint8Array[] = [];
  let kind: Message["kind"] = "text";
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.length);
  for (let at = 0; at < bytes.length; ) {
    const firstByte = bytes.readUInt8(at);
    const secondByte = bytes.readUInt8(at + 1);
    at += 2;
    let length = secondByte & 0x7f;
    if (length === 126) length = bytes.readUInt16BE(at);
    else if (length === 127) length = Number(bytes.readBigUInt64BE(at));
    at += (secondByte & 0x7f) < 126 ? 0 : (secondByte & 0x7f) === 126 ? 2 : 8;
    const masked = secondByte >= 0x80;
    const key = masked ? bytes.subarray(at, at + 4) : undefined;
    if (masked) at += 4;
    const payload = bytes.subarray(at, at + length);
    parts.push(key === undefined ? payload : payload.map((byte, index) => byte ^ (key[index & 3] as number)));
    at += length;
    const opcode = firstByte & 0x0f;
    if (opcode !== 0) kind = opcode === opcodes.text ? "text" : "binary";
    if (firstByte < 0x80) continue;
    messages.push({ kind, payload: Buffer.concat(parts) });
    parts = [];
  }
  return messages;
}
