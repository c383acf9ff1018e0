/**
 * Whether something is bytes, asked of what the application passes in: callers in JavaScript have no type checker. An
 * array of words or a bare buffer has a length, or none, that is not a number of bytes, and a header written from it would
 * lie about what follows.
 */

/** Whether `data` is a Uint8Array, a subclass of it, or one of another realm. */
export function isBytes(data: unknown): data is Uint8Array {
  if (data instanceof Uint8Array) return true;
  // Of another realm: the tag alone can be forged, being a view cannot.
  return ArrayBuffer.isView(data) && Object.prototype.toString.call(data) === "[object Uint8Array]";
}
