/** Sec-WebSocket-Key, the nonce, and Sec-WebSocket-Accept, derived from it (RFC 6455 §4.1 step 7, §4.2.2 step 5.4). */
import { encodeLatin1 } from "../bytes/ascii.ts";
import { base64Digit, encodeBase64 } from "../bytes/base64.ts";
import { isBytes } from "../bytes/byte-arrays.ts";
import { drawRandom, type RandomSource } from "../bytes/random-source.ts";
import { messageWords, sha1Of60Bytes } from "../bytes/sha1.ts";
import { wrongResult } from "../checks/callback-result.ts";

/** Replaces the portable SHA-1: returns 20 bytes for an input of at most 64 (`NativeFunctions.sha1`). */
export type Sha1 = (bytes: Uint8Array) => Uint8Array;

const nonceLength = 16;

/** Length of 16 bytes in base64: 22 digits and `==`. */
const keyLength = 24;

/** Returns a fresh Sec-WebSocket-Key: 16 bytes from `random`, in base64. Each connection needs a new one (RFC 6455 §4.1). */
export function createKey(random: RandomSource): string {
  const nonce = new Uint8Array(nonceLength);
  drawRandom(random, nonce);
  return encodeBase64(nonce);
}

/**
 * Classifies a Sec-WebSocket-Key: `canonical`, or `non-canonical` when its unused pad bits are not zero (RFC 4648 §3.5).
 * Returns undefined when it is not 16 bytes in base64 (RFC 6455 §4.2.1 step 5).
 */
export function keySpelling(key: string): "canonical" | "non-canonical" | undefined {
  if (key.length !== keyLength || key.charCodeAt(22) !== 0x3d || key.charCodeAt(23) !== 0x3d) return undefined;
  let last = 0;
  for (let at = 0; at < 22; at++) {
    last = base64Digit(key.charCodeAt(at));
    if (last < 0) return undefined;
  }
  // 22 digits carry 132 bits, of which 128 are data: the low four bits of the last digit are padding.
  return (last & 0x0f) === 0 ? "canonical" : "non-canonical";
}

/** The GUID of RFC 6455 §1.3, unlikely to be used by endpoints that do not know the WebSocket protocol. Must be upper case. */
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Returns Sec-WebSocket-Accept for `key`, which must have 24 chars: base64 of the SHA-1 of the key and the GUID. */
export function acceptValue(key: string, sha1?: Sha1): string {
  return encodeBase64(sha1 === undefined ? portableDigest(key) : digestOf(sha1(encodeLatin1(key + guid))));
}

function digestOf(result: Uint8Array): Uint8Array {
  if (!isBytes(result)) throw wrongResult("sha1", result);
  return result;
}

// Scratch of portableDigest, by the rules of bytes/scratch.ts. The last nine words of the message hold the GUID and never change.
const message: Int32Array = new Int32Array(messageWords);
const digestWords: Int32Array = new Int32Array(5);
const digest: Uint8Array = new Uint8Array(20);
writeWords(guid, keyLength / 4);

function portableDigest(key: string): Uint8Array {
  writeWords(key, 0);
  sha1Of60Bytes(message, digestWords);
  for (let at = 0; at < 5; at++) {
    const word = digestWords[at]!;
    digest[4 * at] = word >>> 24;
    digest[4 * at + 1] = word >>> 16;
    digest[4 * at + 2] = word >>> 8;
    digest[4 * at + 3] = word;
  }
  return digest;
}

/** Writes the chars of `text` into `message`, four per word, starting at word `first`. */
function writeWords(text: string, first: number): void {
  for (let at = 0; at < text.length; at += 4) {
    message[first + at / 4] =
      (text.charCodeAt(at) << 24) |
      (text.charCodeAt(at + 1) << 16) |
      (text.charCodeAt(at + 2) << 8) |
      text.charCodeAt(at + 3);
  }
}
