/** The chunks of one write, put together where that is cheaper than to write one more time. */

/** A chunk up to this length is copied to those beside it: a call of the runtime costs as much as copying some 16 KiB. */
const copyLimit = 16_384;

/** Up to so many bytes become one chunk. */
const joinLimit = 65_536;

/** `chunks` in fewer chunks; a long one stays as it is. */
export function joined(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
  if (chunks.length === 1) return chunks;
  const result: Uint8Array[] = [];
  let from = 0;
  let length = 0;
  for (let at = 0; at <= chunks.length; at++) {
    const next = chunks[at];
    if (next !== undefined && next.length <= copyLimit && length + next.length <= joinLimit) {
      length += next.length;
      continue;
    }
    if (at > from) result.push(concatenated(chunks.slice(from, at), length));
    from = at;
    length = next?.length ?? 0;
  }
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
