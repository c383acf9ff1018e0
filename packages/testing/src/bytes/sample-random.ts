/** Repeatable randomness, so that a client's key and the matching response are known in advance. */
import type { RandomSource } from "@hybi/core";

/** The nonce of RFC 6455 §1.3, whose Sec-WebSocket-Accept is known without hashing. */
const sampleNonce = "the sample nonce";
export const sampleKey = "dGhlIHNhbXBsZSBub25jZQ==";
export const sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** Returns a source whose first 16 bytes are the sample nonce, followed by a deterministic sequence. */
export function sampleRandom(): RandomSource {
  let drawn = 0;
  return (target) => {
    for (let index = 0; index < target.length; index++, drawn++) {
      target[index] = drawn < 16 ? sampleNonce.charCodeAt(drawn) : (drawn * 167 + (drawn >>> 8)) & 0xff;
    }
  };
}
