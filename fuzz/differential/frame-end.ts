/** Where a frame ends, read without any rule: so that it can be told whether one was cut. */
import { concat } from "../bytes.ts";
import type { Stream } from "./stream.ts";

/** The index after the frame that begins at `start`; Infinity when its header is not whole. */
export function frameEnd({ bytes }: Stream, start: number): number {
  const second = bytes[start + 1];
  if (second === undefined) return Number.POSITIVE_INFINITY;
  const short = second & 0x7f;
  const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
  const keyBytes = (second & 0x80) === 0 ? 0 : 4;
  const header = start + 2 + lengthBytes + keyBytes;
  if (header > bytes.length) return Number.POSITIVE_INFINITY;
  let length = lengthBytes === 0 ? short : 0;
  for (let index = 0; index < lengthBytes; index++) length = length * 256 + (bytes[start + 2 + index] as number);
  return header + length;
}

/** Whether the stream ends within the frame that begins at `start`. */
export const isCut = (stream: Stream, start: number): boolean => frameEnd(stream, start) > stream.bytes.length;

/** The stream with the masked frame at `start` unmasked; without it when its key is cut and it would be whole without. */
export function unmasked(stream: Stream, start: number): Stream {
  const { bytes } = stream;
  const short = (bytes[start + 1] as number) & 0x7f;
  const key = start + 2 + (short < 126 ? 0 : short === 126 ? 2 : 8);
  if (key > bytes.length || (key + 4 > bytes.length && short === 0)) return changed(stream, bytes.subarray(0, start));
  const header = bytes.slice(start, key);
  header[1] = short;
  const payload = bytes.slice(key + 4, frameEnd(stream, start));
  for (let at = 0; at < payload.length; at++) {
    payload[at] = (payload[at] as number) ^ (bytes[key + (at & 3)] as number);
  }
  return changed(stream, concat(bytes.subarray(0, start), header, payload, bytes.subarray(key + 4 + payload.length)));
}

/** The stream with the length of the control frame at `start` in one byte, if it fits; without the frame when it is cut. */
export function withShortLength(stream: Stream, start: number): Stream {
  const { bytes } = stream;
  const second = bytes[start + 1] as number;
  const lengthBytes = (second & 0x7f) === 126 ? 2 : 8;
  const header = start + 2 + lengthBytes;
  if (header > bytes.length) return changed(stream, bytes.subarray(0, start));
  const length = bytes.subarray(start + 2, header).reduce((sum, byte) => sum * 256 + byte, 0);
  if (length > 125) return stream;
  const shortHeader = Uint8Array.of(bytes[start] as number, (second & 0x80) | length);
  return changed(stream, concat(bytes.subarray(0, start), shortHeader, bytes.subarray(header)));
}

/** It is read in one chunk: where it is cut makes no difference to us. */
const changed = (stream: Stream, bytes: Uint8Array): Stream => ({ ...stream, bytes, ends: [bytes.length] });
