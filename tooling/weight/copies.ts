/**
 * Counts the bytes that are copied between arrays, by replacing the methods that copy. Import it before the code that is counted.
 *
 * It does not see copies that call no method: `new Uint8Array(view)`, whose constructor cannot be replaced without making every array
 * of the other figures heavier, and loops over bytes. Encoding text is not a copy.
 */

let copied = 0;

const { set, slice, copyWithin } = Uint8Array.prototype;

Uint8Array.prototype.set = function (source, offset) {
  copied += source.length;
  set.call(this, source, offset);
};
Uint8Array.prototype.slice = function (start, end) {
  const result = slice.call(this, start, end);
  copied += result.length;
  return result as Uint8Array<ArrayBuffer>;
};
Uint8Array.prototype.copyWithin = function (target, start, end) {
  const from = start < 0 ? this.length + start : start;
  copied += Math.max(0, (end ?? this.length) - from);
  return copyWithin.call(this, target, start, end);
};

const sliceBuffer = ArrayBuffer.prototype.slice;
ArrayBuffer.prototype.slice = function (start, end) {
  const result = sliceBuffer.call(this, start, end);
  copied += result.byteLength;
  return result;
};
const { from } = Uint8Array;
Uint8Array.from = function (this: Uint8ArrayConstructor, ...args: Parameters<typeof from>) {
  const result = from.apply(this, args);
  copied += result.length;
  return result;
} as typeof from;
const { copy } = Buffer.prototype;
Buffer.prototype.copy = function (...args: Parameters<typeof copy>) {
  const count = copy.apply(this, args);
  copied += count;
  return count;
};

/** Returns the bytes that `task` copies. */
export function copiedBy(task: () => void): number {
  const before = copied;
  task();
  return copied - before;
}
