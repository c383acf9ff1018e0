/** Base64 with padding (RFC 4648 §4), as used by Sec-WebSocket-Key, Sec-WebSocket-Accept and Basic credentials. */

const { fromCharCode } = String;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const units: Uint8Array = Uint8Array.from(alphabet, (char) => char.charCodeAt(0));

const notInAlphabet = -1;
const digits: Int8Array = new Int8Array(0x80).fill(notInAlphabet);
for (let digit = 0; digit < 64; digit++) digits[alphabet.charCodeAt(digit)] = digit;

/** Encodes `bytes` in base64, padded with `=` to a multiple of four chars. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  let at = 0;
  for (; at + 3 <= bytes.length; at += 3) {
    text += fourChars((bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!);
  }
  const left = bytes.length - at;
  if (left === 1) text += `${fourChars(bytes[at]! << 16).slice(0, 2)}==`;
  if (left === 2) {
    text += `${fourChars((bytes[at]! << 16) | (bytes[at + 1]! << 8)).slice(0, 3)}=`;
  }
  return text;
}

/** Encodes 24 bits as four chars. */
function fourChars(bits: number): string {
  return fromCharCode(units[bits >>> 18]!, units[(bits >>> 12) & 63]!, units[(bits >>> 6) & 63]!, units[bits & 63]!);
}

/** Decoded base64. `canonical` is whether the text was the canonical encoding: its unused pad bits are zero. */
export interface Base64Text {
  readonly bytes: Uint8Array;
  readonly canonical: boolean;
}

/** Decodes padded base64. Returns undefined for anything else, including white space and the URL-safe alphabet. */
export function decodeBase64(text: string): Base64Text | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  let bitCount = 0;
  let written = 0;
  for (let at = 0; at < text.length - padding; at++) {
    const digit = base64Digit(text.charCodeAt(at));
    if (digit === notInAlphabet) return undefined;
    bits = ((bits << 6) | digit) & 0xfff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[written++] = bits >>> bitCount;
    }
  }
  // RFC 4648 §3.5: a decoder may reject nonzero pad bits. This one reports them and leaves the decision to the caller.
  return { bytes, canonical: (bits & ((1 << bitCount) - 1)) === 0 };
}

/** Returns the value of a char of the alphabet, 0 to 63, or -1 for any other char. */
export function base64Digit(unit: number): number {
  return unit < 0x80 ? digits[unit]! : notInAlphabet;
}
