/**
 * Encodes text as UTF-8 (RFC 3629). A lone surrogate becomes U+FFFD, as in WHATWG's USVString.
 *
 * Short ASCII is written char by char: a call into the platform costs as much as 40 characters (bench/micro/utf8.ts).
 */
import { countOf } from "../checks/callback-result.ts";
import type { NativeFunctions } from "../vocabulary/native-functions.ts";
import { blockSize } from "./block-pool.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type Encoder, exactEncoder } from "./platform-text.ts";
import { type Progress, portableEncode } from "./portable-text.ts";
import { scratchOf } from "./scratch.ts";

const PlatformEncoder = (globalThis as { TextEncoder?: new () => Encoder }).TextEncoder;
const encoder: Encoder | undefined = exactEncoder(PlatformEncoder);

const shortText = 40;

/** Returns the maximum length of `text` in UTF-8, in bytes. */
export function maxUtf8Length(text: string): number {
  return text.length * 3;
}

/** Writes `text` to `target` at `at`, which must have room for `maxUtf8Length(text)` bytes. Returns the bytes written. */
export function encodeText(text: string, target: Uint8Array, at: number, native: NativeFunctions): number {
  const length = text.length;
  if (length <= shortText) {
    let index = 0;
    for (; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) break;
      target[at + index] = unit;
    }
    if (index === length) return length;
  }
  if (native.encodeUtf8 !== undefined) {
    return countOf("encodeUtf8", native.encodeUtf8(text, target, at), length * 3);
  }
  if (encoder === undefined) return portableEncode(text, target, at, length * 3).written;
  return encoder.encodeInto(text, roomIn(target, at, length * 3)).written;
}

let lastTarget: Uint8Array | undefined;
let lastBuffer: ArrayBufferLike = new ArrayBuffer(0);
let lastOffset = 0;

/**
 * Returns `target[at, at + length)`. Reading the buffer and offset of an array takes two calls into the engine, a third
 * of the cost of a short message, so they are cached: many messages go into one block (bench/micro/utf8.ts). A cache by the
 * rules of `scratch`.
 */
function roomIn(target: Uint8Array, at: number, length: number): Uint8Array {
  // Do not cache arrays larger than a block, or the cache would keep them alive.
  if (target.length > blockSize) return target.subarray(at, at + length);
  if (target !== lastTarget) {
    lastTarget = target;
    lastBuffer = target.buffer;
    lastOffset = target.byteOffset;
  }
  return new Uint8Array(lastBuffer, lastOffset + at, length);
}

/** Encodes `text` as UTF-8 into an array of its own. */
export function utf8Bytes(text: string, native: NativeFunctions): Uint8Array {
  const room = new Uint8Array(maxUtf8Length(text));
  const written = encodeText(text, room, 0, native);
  // Keep at most twice the bytes used.
  return written * 2 < room.length ? room.slice(0, written) : room.subarray(0, written);
}

/** Size in bytes of the blocks that long text is encoded into. */
const textBlock = 65_536;

/**
 * Appends `text` to `writer` block by block, so that no array of the worst-case length is needed. Returns the bytes written.
 * Shorter parts are encoded in scratch first: their worst-case length is three times what most of them need. With `exact`, what
 * does not fill a block gets an array of its own length, and takes none from the pool, which would have 64 KiB.
 */
export function encodeLongText(text: string, writer: ByteWriter, exact: boolean): number {
  let read = 0;
  let written = 0;
  while (read < text.length) {
    const part = text.slice(read, wholeCharacters(text, read + textBlock));
    const most = Math.min(maxUtf8Length(part), textBlock);
    const isDirect = exact ? text.length - read >= textBlock : most === textBlock;
    const step = isDirect ? encodeDirectly(part, writer) : encodeInScratch(part, most, writer, exact);
    read += step.read;
    written += step.written;
  }
  return written;
}

function encodeDirectly(part: string, writer: ByteWriter): Progress {
  writer.reserve(textBlock);
  const step = encodeAsFits(part, writer.block, writer.position, textBlock);
  writer.position += step.written;
  return step;
}

function encodeInScratch(part: string, room: number, writer: ByteWriter, exact: boolean): Progress {
  const encoded = scratchOf(room);
  const step = encodeAsFits(part, encoded, 0, room);
  if (exact) writer.appendReference(encoded.slice(0, step.written));
  else writer.appendCopy(encoded, 0, step.written);
  return step;
}

/** Returns `end`, or one less if it would split a surrogate pair: each half alone would become U+FFFD. */
function wholeCharacters(text: string, end: number): number {
  return end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end - 1 : end;
}

function encodeAsFits(text: string, target: Uint8Array, at: number, room: number): Progress {
  if (encoder === undefined) return portableEncode(text, target, at, room);
  return encoder.encodeInto(text, new Uint8Array(target.buffer, target.byteOffset + at, room));
}
