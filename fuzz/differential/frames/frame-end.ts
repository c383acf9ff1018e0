/** Finds where a frame ends, without validation, to detect whether one was cut. */
import { concat } from "../../bytes.ts";
import { prefixOf, type Stream } from "../stream.ts";

/** Returns the index after the frame that begins at `start`; Infinity if its header is incomplete. */
function frameEnd({ bytes }: Stream, start: number): number {
  const header = start + 2 + lengthBytesAt(bytes, start) + keyBytesAt(bytes, start);
  return header > bytes.length ? Number.POSITIVE_INFINITY : header + declaredLength(bytes, start);
}

/** Returns the stream without the frame in which it ends. */
export function wholeFrames(stream: Stream): Stream {
  let end = 0;
  for (let next = 0; next <= stream.bytes.length; next = frameEnd(stream, end)) end = next;
  return prefixOf(stream, end);
}

/** Whether the stream ends within a header. */
export const endsInHeader = (stream: Stream): boolean =>
  frameEnd(stream, wholeFrames(stream).bytes.length) === Number.POSITIVE_INFINITY;

/** Whether there is a control frame between the fragments of a message whose first frame has RSV1. */
export function hasControlWithinCompressed(stream: Stream): boolean {
  const { bytes } = stream;
  let within = false;
  for (let at = 0; at < bytes.length; at = frameEnd(stream, at)) {
    const first = bytes[at] as number;
    const isControl = (first & 0x8) !== 0;
    if (isControl && within) return true;
    const opens = (first & 0x40) !== 0 && (first & 0xf) !== 0;
    if (!isControl) within = (first & 0x80) === 0 && (opens || within);
  }
  return false;
}

/** Returns the payload byte at `index`, unmasked. */
export function payloadByte(stream: Stream, index: number): number {
  const { bytes } = stream;
  let at = 0;
  for (let end = frameEnd(stream, at); end <= index; end = frameEnd(stream, at)) at = end;
  const key = at + 2 + lengthBytesAt(bytes, at);
  const masked = bytes[index] as number;
  return keyBytesAt(bytes, at) === 0 ? masked : masked ^ (bytes[key + ((index - key) & 3)] as number);
}

/** Returns the status code of the first complete Close frame that has one. */
export function closeStatusCode(stream: Stream): number | undefined {
  const { bytes } = wholeFrames(stream);
  for (let at = 0; at < bytes.length; at = frameEnd(stream, at)) {
    if (((bytes[at] as number) & 0xf) !== 0x8) continue;
    const key = at + 2 + lengthBytesAt(bytes, at);
    const payload = bytes.subarray(key + keyBytesAt(bytes, at), frameEnd(stream, at));
    if (payload.length < 2) continue;
    const unmasked = (index: number): number =>
      (payload[index] as number) ^ (keyBytesAt(bytes, at) === 0 ? 0 : (bytes[key + index] as number));
    return (unmasked(0) << 8) | unmasked(1);
  }
  return undefined;
}

/** Returns the length in the header at `start`, whose length field is complete. */
function declaredLength(bytes: Uint8Array, start: number): number {
  const lengthBytes = lengthBytesAt(bytes, start);
  if (lengthBytes === 0) return (bytes[start + 1] as number) & 0x7f;
  return bytes.subarray(start + 2, start + 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
}

/** Returns the bytes of extended length. A header without a second byte counts as cut. */
function lengthBytesAt(bytes: Uint8Array, start: number): number {
  const short = (bytes[start + 1] ?? 0x7f) & 0x7f;
  return short < 126 ? 0 : short === 126 ? 2 : 8;
}

const keyBytesAt = (bytes: Uint8Array, start: number): number => ((bytes[start + 1] ?? 0) & 0x80 ? 4 : 0);

/** Whether the stream ends within the frame that begins at `start`. */
export const isCut = (stream: Stream, start: number): boolean => frameEnd(stream, start) > stream.bytes.length;

/** Returns the stream with the masked frame at `start` unmasked; without the frame if only its key is cut. */
export function unmasked(stream: Stream, start: number): Stream {
  const { bytes } = stream;
  const key = start + 2 + lengthBytesAt(bytes, start);
  const keyIsCut = key + 4 > bytes.length;
  if (key > bytes.length || (keyIsCut && declaredLength(bytes, start) === 0))
    return changed(stream, bytes.subarray(0, start));
  const header = bytes.slice(start, key);
  header[1] = (header[1] as number) & 0x7f;
  const payload = bytes.slice(key + 4, frameEnd(stream, start));
  for (let at = 0; at < payload.length; at++) {
    payload[at] = (payload[at] as number) ^ (bytes[key + (at & 3)] as number);
  }
  return changed(stream, concat(bytes.subarray(0, start), header, payload, bytes.subarray(key + 4 + payload.length)));
}

/** Returns the stream with the length of the control frame at `start` in one byte, if it fits; without the frame if it is cut. */
export function withShortLength(stream: Stream, start: number): Stream {
  const { bytes } = stream;
  const second = bytes[start + 1] as number;
  const header = start + 2 + lengthBytesAt(bytes, start);
  if (header > bytes.length) return changed(stream, bytes.subarray(0, start));
  const length = declaredLength(bytes, start);
  if (length > 125) return stream;
  const shortHeader = Uint8Array.of(bytes[start] as number, (second & 0x80) | length);
  return changed(stream, concat(bytes.subarray(0, start), shortHeader, bytes.subarray(header)));
}

/** Replaces the bytes, as one chunk: hybi's verdict does not depend on chunks. */
const changed = (stream: Stream, bytes: Uint8Array): Stream => ({ ...stream, bytes, ends: [bytes.length] });
