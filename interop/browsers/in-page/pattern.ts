/** Distinctive bytes, the same in the page and at the server. */

export function pattern(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = byteAt(at);
  return bytes;
}

export function isPattern(data: ArrayBuffer | Uint8Array, length: number): boolean {
  const bytes = new Uint8Array(data);
  if (bytes.length !== length) return false;
  for (let at = 0; at < length; at++) if (bytes[at] !== (byteAt(at) & 0xff)) return false;
  return true;
}

function byteAt(index: number): number {
  return (index * 31) >>> 3;
}
