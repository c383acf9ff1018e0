/** Counts the bytes that are copied between arrays, by replacing the methods that copy. Import it before what is weighed. */

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

/** Returns the bytes that `task` copies. */
export function copiedBy(task: () => void): number {
  const before = copied;
  task();
  return copied - before;
}
