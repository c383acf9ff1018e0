/** Payloads, masking keys, and the ways in which a transport may cut bytes into chunks. */
import fc from "fast-check";

/** Bytes of one array after another, in one array. */
export function concat(arrays: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** Bytes in hexadecimal; long ones as their length and a checksum. */
export function bytesText(bytes: Uint8Array): string {
  if (bytes.length <= 64) return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  // FNV-1a
  let hash = 0x811c_9dc5;
  for (let index = 0; index < bytes.length; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x0100_0193);
  return `${bytes.length} bytes, checksum ${(hash >>> 0).toString(16)}`;
}

/** `length` bytes that differ from place to place, and with `seed`. */
export function pattern(length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = (index * 31 + (index >>> 8) * 7 + seed) & 0xff;
  return bytes;
}

/** Lengths at which headers, and the ways in which bytes are stored, masked and sent, change. */
const notableLengths: readonly number[] = [
  0, 1, 19, 20, 63, 64, 65, 124, 125, 126, 127, 128, 1023, 1024, 4095, 4096, 4097, 65_535, 65_536, 70_000,
];

/** Mostly short, and now and then of a notable length up to `most`. */
export function payload(most = 70_000): fc.Arbitrary<Uint8Array> {
  const notable = notableLengths.filter((length) => length <= most);
  return fc.oneof(
    { weight: 6, arbitrary: fc.uint8Array({ maxLength: Math.min(most, 24) }) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...notable), fc.nat(255)).map((args) => pattern(...args)) },
  );
}

/** 32 bits; zero, which is legal, more often than chance has it (RFC 6455 §5.3). */
export function maskingKey(): fc.Arbitrary<number> {
  return fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 5, arbitrary: fc.integer() });
}

/** Where a transport cuts: after so many bytes each, once or over and over, and then not at all. */
export interface Chunking {
  readonly sizes: readonly number[];
  readonly repeated: boolean;
}

/** All bytes in one chunk. */
export const inOneChunk: Chunking = { sizes: [], repeated: false };
/** Each byte by itself. */
export const byteByByte: Chunking = { sizes: [1], repeated: true };

/** Any cut, empty chunks included. Shrinks towards one chunk. */
export function chunking(): fc.Arbitrary<Chunking> {
  const size = fc.oneof(fc.nat(9), fc.nat(200));
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ sizes: fc.array(size, { maxLength: 12 }), repeated: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant(byteByByte) },
  );
}

/**
 * `bytes` cut as `chunking` says. Each chunk is a copy in a buffer of its own, `margin` bytes from its start and its
 * end, so that neither alignment nor neighbours are what a receiver may have got used to.
 */
export function cut(bytes: Uint8Array, { sizes, repeated }: Chunking, margin = 3): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const endless = repeated && sizes.some((size) => size > 0);
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = index < sizes.length || endless ? sizes[index % sizes.length] : undefined;
    const end = Math.min(bytes.length, at + (size ?? bytes.length));
    chunks.push(isolated(bytes.subarray(at, end), margin));
    at = end;
  }
  return chunks;
}

/** A copy of `bytes` with `margin` bytes of 0xa5 on either side of it in its buffer. */
export function isolated(bytes: Uint8Array, margin: number): Uint8Array {
  const buffer = new Uint8Array(bytes.length + 2 * margin).fill(marginByte);
  buffer.set(bytes, margin);
  return buffer.subarray(margin, margin + bytes.length);
}

const marginByte = 0xa5;

/** Whether the bytes around `chunk`, which `isolated` made, are what they were. */
export function marginsAreWhole(chunk: Uint8Array): boolean {
  const before = new Uint8Array(chunk.buffer, 0, chunk.byteOffset);
  const after = new Uint8Array(chunk.buffer, chunk.byteOffset + chunk.length);
  return [...before, ...after].every((byte) => byte === marginByte);
}
