/** Replies to keepalive Pings: a server drops a connection on which none comes. */

/** Returns the Pong to each whole Ping in `bytes`, as one chunk. Pings are short, so they come in one piece. */
export function pongsTo(bytes: Uint8Array): Uint8Array {
  const pongs: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at + 1] as number;
    // Masked with a key of zeros, which leaves the payload as it is.
    if (bytes[at] === 0x89) pongs.push(0x8a, 0x80 | length, 0, 0, 0, 0, ...bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return Uint8Array.from(pongs);
}
