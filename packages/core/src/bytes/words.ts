/**
 * The memory under a byte array as 32-bit and 64-bit words, for loops that touch many bytes at once.
 *
 * Making a view costs 15 to 35 ns, more than unmasking 64 bytes, so the views of the array used last are kept until
 * `forgetWords` is called or another array is used. See bench/micro/mask.ts.
 */

let current: Uint8Array | undefined;
let words: Int32Array = new Int32Array(0);
let longWords: BigInt64Array | undefined;

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
  if (bytes !== current) {
    current = bytes;
    words = new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >>> 2);
    longWords = undefined;
  }
  return words;
}

/** The same in words of 64 bits. */
export function longWordsOf(bytes: Uint8Array): BigInt64Array {
  wordsOf(bytes);
  longWords ??= new BigInt64Array(bytes.buffer, 0, bytes.buffer.byteLength >>> 3);
  return longWords;
}

/** Lets go of the array used last, so that it can be collected. */
export function forgetWords(): void {
  if (current === undefined) return;
  current = undefined;
  words = new Int32Array(0);
  longWords = undefined;
}
