/** The chunks of one write, put together for transports that have no call for several at once. */

/** A chunk up to this length is copied to those beside it: a call of a runtime costs as much as copying some 16 KiB. */
const copyLimit = 16_384;

/** Up to so many bytes become one chunk. */
const joinLimit = 65_536;

/** The bytes of `chunks` in fewer chunks; a long one stays as it is. */
export function joined(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
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
    const isShort = chunk.length <= copyLimit;
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
