/**
 * Encodes frames (RFC 6455 §5.2). A client masks every frame with a fresh key (§5.1, §5.3); a server masks none. Never
 * writes to the caller's arrays: a masked payload is always a copy.
 */
import type { ByteWriter } from "../bytes/byte-writer.ts";
import type { RandomPool } from "../bytes/random-pool.ts";
import { encodeText, maxUtf8Length } from "../bytes/text-encode.ts";
import type { NativeFunctions } from "../vocabulary/native-functions.ts";
import { headerLength, maskBit, maxHeaderLength, writeHeader } from "./header.ts";
import { mask } from "./mask.ts";

/**
 * Appends one frame with a copy of `payload`. Returns its length in bytes, including the header. `keys` supplies masking
 * keys; undefined for a server, which does not mask.
 */
export function writeFrame(
  writer: ByteWriter,
  firstByte: number,
  payload: Uint8Array,
  keys: RandomPool | undefined,
): number {
  const length = payload.length;
  writer.reserve(maxHeaderLength + length);
  const { block, position } = writer;
  let at = writeHeader(block, position, firstByte, keys === undefined ? 0 : maskBit, length);
  if (keys === undefined) {
    copy(payload, block, at);
  } else {
    const key = keys.next();
    at = writeKey(block, at, key);
    copy(payload, block, at);
    mask(block, at, at + length, key);
  }
  writer.position = at + length;
  return at + length - position;
}

/**
 * Appends one frame whose payload is `text`. Returns the length of the payload in bytes. Encodes the text at its final position
 * assuming that it is ASCII, and moves it by a few bytes if its length then needs a longer header: measuring it first
 * would cost more than encoding.
 */
export function writeTextFrame(
  writer: ByteWriter,
  firstByte: number,
  text: string,
  keys: RandomPool | undefined,
  native: NativeFunctions,
): number {
  writer.reserve(maxHeaderLength + maxUtf8Length(text));
  const { block, position } = writer;
  const masked = keys !== undefined;
  const guess = position + headerLength(text.length, masked);
  const length = encodeText(text, block, guess, native);
  const start = position + headerLength(length, masked);
  if (start !== guess) block.copyWithin(start, guess, guess + length);
  writeHeader(block, position, firstByte, masked ? maskBit : 0, length);
  if (masked) {
    const key = keys.next();
    writeKey(block, start - 4, key);
    mask(block, start, start + length, key);
  }
  writer.position = start + length;
  return length;
}

/** Returns an unmasked frame in an array of its own. */
export function unmaskedFrame(firstByte: number, payload: Uint8Array): Uint8Array {
  const header = headerLength(payload.length, false);
  const frame = new Uint8Array(header + payload.length);
  writeHeader(frame, 0, firstByte, 0, payload.length);
  frame.set(payload, header);
  return frame;
}

/** Returns the header of an unmasked frame whose `length` bytes of payload follow. */
export function unmaskedHeader(firstByte: number, length: number): Uint8Array {
  const header = new Uint8Array(headerLength(length, false));
  writeHeader(header, 0, firstByte, 0, length);
  return header;
}

/** Appends the header of an unmasked frame whose `length` bytes of payload follow by reference. Returns the bytes written. */
export function writeUnmaskedHeader(writer: ByteWriter, firstByte: number, length: number): number {
  writer.reserve(maxHeaderLength);
  const end = writeHeader(writer.block, writer.position, firstByte, 0, length);
  const written = end - writer.position;
  writer.position = end;
  return written;
}

/** Appends the header of a frame whose payload is masked with `key` and follows by reference. Returns the bytes written. */
export function writeMaskedHeader(writer: ByteWriter, firstByte: number, length: number, key: number): number {
  writer.reserve(maxHeaderLength);
  const at = writeHeader(writer.block, writer.position, firstByte, maskBit, length);
  const written = writeKey(writer.block, at, key) - writer.position;
  writer.position += written;
  return written;
}

/** Writes the masking key, first byte lowest, and returns the index after it. */
export function writeKey(target: Uint8Array, at: number, key: number): number {
  target[at] = key;
  target[at + 1] = key >>> 8;
  target[at + 2] = key >>> 16;
  target[at + 3] = key >>> 24;
  return at + 4;
}

// A call into the engine's memcpy costs as much as copying 24 bytes one by one.
const copyThreshold = 24;

function copy(source: Uint8Array, target: Uint8Array, at: number): void {
  if (source.length >= copyThreshold) target.set(source, at);
  else for (let index = 0; index < source.length; index++) target[at + index] = source[index]!;
}
