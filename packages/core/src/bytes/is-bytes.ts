/**
 * Runtime check that application input is a Uint8Array, because callers in JavaScript have no type checker. An array of
 * words or a bare buffer has no length, or one that is not in bytes, so that the frame header would announce a wrong
 * payload length.
 */

/** Whether `data` is a Uint8Array, a subclass of it, or one from another realm. */
export function isBytes(data: unknown): data is Uint8Array {
  if (data instanceof Uint8Array) return true;
  // From another realm: the tag alone can be forged, but being a view cannot.
  return ArrayBuffer.isView(data) && Object.prototype.toString.call(data) === "[object Uint8Array]";
}
