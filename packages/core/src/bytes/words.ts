/**
 * The memory under a byte array: as 32-bit and 64-bit words, for loops that touch many bytes at once, and as views of
 * parts of it.
 *
 * Making a view costs 15 to 35 ns, more than unmasking 64 bytes, so the views of the array used last are kept until
 * `forgetWords` is called or another array is used. See bench/micro/mask.ts.
 */

const nothing = new ArrayBuffer(0);

let current: Uint8Array | undefined;
let buffer: ArrayBufferLike = nothing;
let offset = 0;
let words: Int32Array | undefined;
let longWords: BigInt64Array | undefined;
let dataView: DataView | undefined;

/** False on a big-endian machine, where word order and wire order differ and byte loops are used throughout. */
export const littleEndian: boolean = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * True in V8, which compiles `words[i] ^= key` on 64-bit words to machine integers. JavaScriptCore boxes every BigInt
 * and is a hundred times slower than with 32-bit words. The engines word this error differently and have for years; a
 * wrong guess costs speed, never correctness.
 */
export const fastLongWords: boolean = ((): boolean => {
  try {
    return (undefined as unknown as { f: () => boolean }).f();
  } catch (error) {
    return (error as Error).message.startsWith("Cannot read properties");
  }
})();

/** The words of the buffer under `bytes`: word `i` holds the buffer's bytes `4 * i` to `4 * i + 3`. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  if (bytes !== current) remember(bytes);
  words ??= new Int32Array(buffer, 0, buffer.byteLength >>> 2);
  return words;
}

/** The same in words of 64 bits. */
export function longWordsOf(bytes: Uint8Array): BigInt64Array {
  if (bytes !== current) remember(bytes);
  longWords ??= new BigInt64Array(buffer, 0, buffer.byteLength >>> 3);
  return longWords;
}

/**
 * Where `bytes` begins in the buffer under it. V8 11 makes a call for `byteOffset`, which costs as much as masking 20
 * bytes (bench/micro/mask.ts), so it is asked once.
 */
export function offsetOf(bytes: Uint8Array): number {
  if (bytes !== current) remember(bytes);
  return offset;
}

/** The bytes themselves, for reading words that lie anywhere. */
export function dataViewOf(bytes: Uint8Array): DataView {
  if (bytes !== current) remember(bytes);
  dataView ??= new DataView(buffer, offset, bytes.length);
  return dataView;
}

/**
 * `bytes[start, end)` as an array over the same memory, a plain one also where `bytes` is a Buffer. Half the cost of
 * `subarray`: asking an array for its buffer is a call into the engine, and here it is made once (bench/micro/utf8.ts).
 */
export function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (bytes !== current) remember(bytes);
  return new Uint8Array(buffer, offset + start, end - start);
}

/** Lets go of the array used last, so that it can be collected. */
export function forgetWords(): void {
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
