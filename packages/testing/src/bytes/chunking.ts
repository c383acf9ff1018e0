/** Ways in which a transport may split bytes into chunks. */

/** The chunk sizes of a transport, used once or repeatedly; after them the rest is not split. */
export interface Chunking {
  readonly sizes: readonly number[];
  readonly repeated: boolean;
}

/** All bytes in one chunk. */
export const inOneChunk: Chunking = { sizes: [], repeated: false };
/** One byte per chunk. */
export const byteByByte: Chunking = { sizes: [1], repeated: true };

/**
 * Splits `bytes` as `chunking` says. Each chunk is a copy in a buffer of its own, `margin` bytes from its start and
 * end, so that a receiver cannot depend on alignment or on adjacent bytes.
 */
export function cutIntoChunks(bytes: Uint8Array, { sizes, repeated }: Chunking, margin = 3): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const endless = repeated && sizes.some((size) => size > 0);
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = index < sizes.length || endless ? sizes[index % sizes.length] : undefined;
    const end = Math.min(bytes.length, at + (size ?? bytes.length));
    chunks.push(isolateBytes(bytes.subarray(at, end), margin));
    at = end;
  }
  return chunks;
}

/** Splits `bytes` into chunks of `size`, each in a buffer of its own. */
export function cutEvery(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
  return chunks;
}

/** Returns a copy of `bytes` that begins `offset` bytes into its buffer, so that word boundaries fall elsewhere. */
export function displaceBytes(bytes: Uint8Array, offset: number): Uint8Array {
  const buffer = new Uint8Array(offset + bytes.length);
  buffer.set(bytes, offset);
  return buffer.subarray(offset);
}

/** Returns a copy of `bytes` with `margin` bytes of 0xa5 on either side of it in its buffer. */
export function isolateBytes(bytes: Uint8Array, margin: number): Uint8Array {
  const buffer = new Uint8Array(bytes.length + 2 * margin).fill(marginByte);
  buffer.set(bytes, margin);
  return buffer.subarray(margin, margin + bytes.length);
}

const marginByte = 0xa5;

/** Whether the bytes around `chunk`, which `isolateBytes` created, are unchanged. */
export function hasIntactMargins(chunk: Uint8Array): boolean {
  const before = new Uint8Array(chunk.buffer, 0, chunk.byteOffset);
  const after = new Uint8Array(chunk.buffer, chunk.byteOffset + chunk.length);
  return [...before, ...after].every((byte) => byte === marginByte);
}
