/**
 * Views of the memory under a byte array: 32-bit and 64-bit words for loops over many bytes, and subarrays.
 *
 * Creating a view costs 15 to 35 ns, more than unmasking 64 bytes, so the views of the last array are cached until
 * `releaseViews` is called or another array is used. See bench/micro/mask.ts; a cache by the rules of `scratch`.
 */

const nothing = new ArrayBuffer(0);

let current: Uint8Array | undefined;
let buffer: ArrayBufferLike = nothing;
let offset = 0;
let words: Int32Array | undefined;
let longWords: BigInt64Array | undefined;
let dataView: DataView | undefined;

/** False on big-endian machines, where word order and wire order differ; byte loops are used there throughout. */
export const littleEndian: boolean = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * True in V8, which compiles `words[i] ^= key` on 64-bit words to machine integers. JavaScriptCore boxes every BigInt,
 * which is a hundred times slower than 32-bit words. Detected by an error message that engines have worded differently
 * for years; a wrong guess costs speed, never correctness.
 */
export const fastLongWords: boolean = ((): boolean => {
  try {
    return (undefined as unknown as { f: () => boolean }).f();
  } catch (error) {
    return (error as Error).message.startsWith("Cannot read properties");
  }
})();

/** Returns the words of the buffer under `bytes`: word `i` holds the buffer's bytes `4 * i` to `4 * i + 3`. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  if (bytes !== current) remember(bytes);
  words ??= new Int32Array(buffer, 0, buffer.byteLength >>> 2);
  return words;
}

/** Returns the same as 64-bit words. */
export function longWordsOf(bytes: Uint8Array): BigInt64Array {
  if (bytes !== current) remember(bytes);
  longWords ??= new BigInt64Array(buffer, 0, buffer.byteLength >>> 3);
  return longWords;
}

/**
 * Returns the offset of `bytes` in its buffer. V8 11 makes a call for `byteOffset`, which costs as much as masking 20
 * bytes (bench/micro/mask.ts), so the result is cached.
 */
export function offsetOf(bytes: Uint8Array): number {
  if (bytes !== current) remember(bytes);
  return offset;
}

/** Returns a DataView of the bytes, for reading unaligned words. */
export function dataViewOf(bytes: Uint8Array): DataView {
  if (bytes !== current) remember(bytes);
  dataView ??= new DataView(buffer, offset, bytes.length);
  return dataView;
}

/**
 * Returns `bytes[start, end)` as a plain Uint8Array over the same memory, even if `bytes` is a Buffer. Half the cost of
 * `subarray`: reading the buffer of an array is a call into the engine, and here the result is cached
 * (bench/micro/utf8.ts).
 */
export function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (bytes !== current) remember(bytes);
  return new Uint8Array(buffer, offset + start, end - start);
}

/** Releases the last array, so that it can be collected. */
export function releaseViews(): void {
  if (current === undefined) return;
  current = undefined;
  buffer = nothing;
  words = undefined;
  longWords = undefined;
  dataView = undefined;
}

function remember(bytes: Uint8Array): void {
  current = bytes;
  buffer = bytes.buffer;
  offset = bytes.byteOffset;
  words = undefined;
  longWords = undefined;
  dataView = undefined;
}
