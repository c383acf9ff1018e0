/**
 * TextDecoder and TextEncoder of the platform (WHATWG Encoding Standard), used only where they behave exactly as
 * specified. Small engines and polyfills have versions that ignore options, drop a byte order mark, accept surrogates as
 * characters, or lack `encodeInto`.
 */

export interface Decoder {
  decode(bytes: Uint8Array, options?: { stream: boolean }): string;
}
export interface DecoderConstructor {
  new (label: string, options: { ignoreBOM: boolean }): Decoder;
}
export interface Encoder {
  encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}

/**
 * Returns a decoder that never throws and whose output shows whether the bytes were UTF-8, or undefined where the
 * platform has none. With `streamed`, the decoder has already completed one streaming call.
 */
export function exactDecoder(Platforms: DecoderConstructor | undefined, streamed: boolean): Decoder | undefined {
  if (Platforms === undefined) return undefined;
  try {
    // Not `fatal`, which is up to fifteen times slower in Deno and slower everywhere; see `decodeText`.
    const decoder = new Platforms("utf-8", { ignoreBOM: true });
    if (streamed) {
      decoder.decode(new Uint8Array(0), { stream: true });
      decoder.decode(new Uint8Array(0));
    }
    return decodesExactly(decoder) ? decoder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns an encoder that writes a lone surrogate as U+FFFD and stays within its target; undefined where the platform
 * has none.
 */
export function exactEncoder(Platforms: (new () => Encoder) | undefined): Encoder | undefined {
  if (Platforms === undefined) return undefined;
  try {
    const encoder = new Platforms();
    return encodesExactly(encoder) ? encoder : undefined;
  } catch {
    return undefined;
  }
}

/** U+FEFF, which must be kept, é, € and 𝄞, between two bytes that are not text. */
const sample = [0xff, 0xef, 0xbb, 0xbf, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9d, 0x84, 0x9e, 0xff];

/** RFC 3629 §3–4: a stray continuation byte, truncated, overlong, a surrogate, above U+10FFFF, or five bytes long. */
const faults = [
  ...[[0x80], [0xff], [0xc3], [0xc0, 0x80], [0xe2, 0x82], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x9d, 0x84]],
  ...[
    [0xf0, 0x80, 0x80, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
  ],
];

function decodesExactly(decoder: Decoder): boolean {
  const text = decoder.decode(Uint8Array.from(sample).subarray(1, -1));
  const isFound = (fault: number[]): boolean => decoder.decode(Uint8Array.from(fault)).includes("\ufffd");
  return text === "\ufeff\u00e9\u20ac\u{1d11e}" && faults.every(isFound);
}

function encodesExactly(encoder: Encoder): boolean {
  const bytes = new Uint8Array(20);
  const { read, written } = encoder.encodeInto("a\ud800\u00e9\u20ac\u{1d11e}\udc00", bytes.subarray(1, 18));
  const expected = "0 97 239 191 189 195 169 226 130 172 240 157 132 158 239 191 189 0 0 0";
  return read === 7 && written === 16 && bytes.join(" ") === expected;
}
