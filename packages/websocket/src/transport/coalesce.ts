/** Merges the chunks of one write, for transports without a vectored write. */

/** Longest chunk, in bytes, that is merged with its neighbours: a call into a runtime costs as much as copying about 16 KiB. */
const longestMerged = 16_384;

/** Most bytes that are merged into one chunk. */
const joinLimit = 65_536;

/** Returns the bytes of `chunks` in fewer chunks; does not copy a long one. */
export function coalesce(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
  if (chunks.length === 1) return chunks;
  const result: Uint8Array[] = [];
  let group: Uint8Array[] = [];
  let length = 0;
  const flush = (): void => {
    if (group.length > 0) result.push(concatenated(group, length));
    group = [];
    length = 0;
  };
  for (const chunk of chunks) {
    const isShort = chunk.length <= longestMerged;
    if (!isShort || length + chunk.length > joinLimit) flush();
    if (isShort) {
      group.push(chunk);
      length += chunk.length;
    } else {
      result.push(chunk);
    }
  }
  flush();
  return result;
}

function concatenated(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
