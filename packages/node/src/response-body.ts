/** The body of a response that rejects an opening. */

/** Reads the body of a response, truncated at `limit` bytes. If it breaks off, returns what has arrived. */
export async function bodyOf(response: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk.subarray(0, limit - length));
      length += chunk.length;
      if (length >= limit) break;
    }
  } catch {
    // The stream failed: return the part of the body that arrived.
  }
  return new Uint8Array(Buffer.concat(chunks));
}
